package org.litedenoise.app

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.Size
import java.util.Random

class ViewportTest {
    private val photo = Size(3000, 4000)
    private val view = Size(2000, 1080)

    @Test
    fun `first all of it is seen, in the middle`() {
        val viewport = Viewport(photo, view)
        assertEquals(0.27f, viewport.zoom)
        assertEquals(Box(0, 0, 3000, 4000), viewport.seen)
        assertEquals(0f, viewport.screenX(0f), 1e-3f)
        assertEquals((2000 - 810) / 2f, viewport.screenY(0f), 1e-3f)
    }

    @Test
    fun `what the fingers are on stays under them`() {
        val viewport = Viewport(photo, view)
        viewport.zoomTo(1f, 540f, 1000f)
        val random = Random(0)
        repeat(200) {
            val (x, y) = random.nextInt(1080).toFloat() to random.nextInt(2000).toFloat()
            val seen = viewport.seen
            val column = seen.left + x / viewport.zoom
            viewport.zoomTo(viewport.zoom * (0.9f + random.nextFloat() / 4), x, y)
            val inside = viewport.seen.left > 0 && viewport.seen.right < photo.width
            if (inside && seen.left > 0) assertEquals(x, viewport.screenX(column), 2 * viewport.zoom + 1)
            assertTrue("${viewport.zoom}", viewport.zoom in viewport.fit..Viewport.MOST_ZOOM)
        }
    }

    @Test
    fun `no gesture leaves the photo`() {
        val viewport = Viewport(photo, view)
        viewport.zoomTo(2f, 0f, 0f)
        viewport.pan(-1e6f, 1e6f)
        assertEquals(0, viewport.seen.left)
        assertEquals(photo.height, viewport.seen.bottom)
        viewport.reset()
        assertEquals(viewport.fit, viewport.zoom)
    }

    @Test
    fun `a view that grows shows all of it again, or the same middle of what was zoomed into`() {
        val viewport = Viewport(photo, view)
        val taller = Size(2400, 1080)
        assertEquals(Viewport(photo, taller).seen, viewport.resized(taller).seen)
        viewport.zoomTo(2f, 500f, 900f)
        val seen = viewport.seen
        val next = viewport.resized(taller)
        assertEquals(2f, next.zoom)
        assertEquals(seen.left to seen.right, next.seen.left to next.seen.right)
        assertEquals(seen.top + seen.bottom, next.seen.top + next.seen.bottom)
    }

    @Test
    fun `what is rendered is never more than the screen shows`() {
        val viewport = Viewport(Size(12_000, 16_000), view)
        for (zoom in listOf(0.07f, 0.1f, 0.3f, 0.9f, 1f, 4f)) {
            viewport.zoomTo(zoom, 500f, 900f)
            val sample = maxOf(1, kotlin.math.ceil(1 / viewport.zoom - 1e-3f).toInt())
            val pixels = viewport.seen.size.area / sample / sample
            assertTrue("$zoom: $pixels", pixels <= 1.1 * view.area)
        }
    }
}

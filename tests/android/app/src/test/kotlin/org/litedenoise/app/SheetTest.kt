package org.litedenoise.app

import android.os.SystemClock
import android.view.MotionEvent
import android.view.View
import android.widget.TextView
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.annotation.Config
import kotlin.math.abs

/** The panel below a photo, pulled and pushed by a finger. */
@Config(sdk = [35])
class SheetTest : AppTest() {
    private lateinit var screen: PhotoActivity
    private val sheet get() = screen.view<Sheet>(R.id.sheet)
    private val drawer get() = screen.view<Drawer>(R.id.drawer)
    private val compare get() = screen.view<BeforeAfterView>(R.id.compare)

    @Test
    fun `a finger pushes it shut and pulls it open, and the photo has the room that it leaves`() {
        screen = comparing(sharedTo(photo())).get()
        val room = compare.height
        val full = drawer.height
        drag(from = R.id.status, downPx = full * 0.7f)
        settle(0f)
        assertFalse(sheet.isOpen)
        assertEquals(0, drawer.height)
        assertEquals(room + full, compare.height)
        assertTrue("buttons stay", screen.view<View>(R.id.save).isShown)
        drag(from = R.id.status, downPx = -full * 0.7f)
        settle(1f)
        assertEquals(room, compare.height)
    }

    @Test
    fun `a finger that did not get far leaves it as it was, and one along a slider moves that alone`() {
        screen = comparing(sharedTo(photo())).get()
        drag(from = R.id.status, downPx = drawer.height * 0.3f)
        settle(1f)
        drag(from = R.id.strength, downPx = 0f, acrossPx = -300f)
        assertEquals(1f, drawer.openness)
        assertTrue("${studio.jobs.single().luma}", studio.jobs.single().luma < 100)
        drag(from = R.id.colour_text, downPx = drawer.height * 0.7f)
        settle(0f)
    }

    @Test
    fun `a tap on its header shuts and opens it, details open it, and turning keeps it`() {
        val controller = comparing(sharedTo(photo()))
        screen = controller.get()
        screen.view<View>(R.id.header).performClick()
        settle(0f)
        controller.recreate()
        screen = controller.get()
        assertEquals(0f, drawer.openness)
        screen.view<View>(R.id.info).performClick()
        settle(1f)
        assertTrue(screen.view<TextView>(R.id.details).isShown)
    }

    @Test
    fun `what went wrong is seen, also where it was shut`() {
        screen = comparing(sharedTo(photo())).get()
        sheet.slideTo(open = false)
        settle(0f)
        collection.full = true
        screen.view<View>(R.id.save).performClick()
        settle(1f)
        assertTrue("${screen.view<TextView>(R.id.message).text}", "photo collection" in screen.view<TextView>(R.id.message).text)
    }

    @Test
    @Config(sdk = [35], qualifiers = "w891dp-h411dp-land-xhdpi")
    fun `beside a photo it stays open`() {
        screen = comparing(sharedTo(photo())).get()
        assertFalse(sheet.slides)
        drag(from = R.id.status, downPx = 300f)
        assertEquals(1f, drawer.openness)
        assertEquals(View.GONE, screen.view<View>(R.id.handle).visibility)
    }

    private fun settle(openness: Float) = waitUntil("settled at $openness") { abs(drawer.openness - openness) < 1e-6f && isLaidOut() }

    private fun isLaidOut() = !sheet.isLayoutRequested && !compare.isLayoutRequested

    /** A slow finger: it stops before it lets go, so that it does not fling. */
    private fun drag(from: Int, downPx: Float, acrossPx: Float = 0f) {
        val place = IntArray(2).also { screen.view<View>(from).getLocationInWindow(it) }
        val (x, y) = place[0] + screen.view<View>(from).width / 2f to place[1] + screen.view<View>(from).height / 2f
        val started = SystemClock.uptimeMillis()
        touch(MotionEvent.ACTION_DOWN, started, 0, x, y)
        for (step in 1..STEPS) touch(MotionEvent.ACTION_MOVE, started, step, x + acrossPx * step / STEPS, y + downPx * step / STEPS)
        for (step in 1..STEPS) touch(MotionEvent.ACTION_MOVE, started, STEPS + step, x + acrossPx, y + downPx)
        touch(MotionEvent.ACTION_UP, started, 2 * STEPS + 1, x + acrossPx, y + downPx)
    }

    private fun touch(action: Int, started: Long, step: Int, x: Float, y: Float) {
        val event = MotionEvent.obtain(started, started + step * STEP_MS, action, x, y, 0)
        screen.window.decorView.dispatchTouchEvent(event)
        event.recycle()
    }

    private companion object {
        const val STEPS = 12
        const val STEP_MS = 16L
    }
}

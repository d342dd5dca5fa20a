package org.litedenoise.app

import org.litedenoise.tiling.Box
import org.litedenoise.tiling.Size

/** Which part of a photo a view of [view] pixels shows, and how large. Numbers alone. */
internal class Viewport(
    private val photo: Size,
    private val view: Size,
) {
    /** Screen pixels for each of the photo's, when all of it is seen. */
    val fit: Float = minOf(view.width.toFloat() / photo.width, view.height.toFloat() / photo.height).coerceAtMost(MOST_ZOOM)

    /** Screen pixels for each of the photo's. */
    var zoom = fit
        private set

    /** The photo's pixel in the view's middle. */
    private var centerX = photo.width / 2f
    private var centerY = photo.height / 2f

    fun screenX(column: Float): Float = view.width / 2f + (column - centerX) * zoom

    fun screenY(row: Float): Float = view.height / 2f + (row - centerY) * zoom

    private fun photoX(screenX: Float): Float = centerX + (screenX - view.width / 2f) / zoom

    private fun photoY(screenY: Float): Float = centerY + (screenY - view.height / 2f) / zoom

    /** The same for a view of another size: what was all of it stays so, and what was zoomed into stays in the middle. */
    fun resized(view: Size): Viewport {
        val next = Viewport(photo, view)
        if (zoom > fit) {
            next.zoom = zoom.coerceIn(next.fit, MOST_ZOOM)
            next.centerX = centerX
            next.centerY = centerY
            next.settle()
        }
        return next
    }

    /** Shows all of it. */
    fun reset() {
        zoom = fit
        settle()
    }

    /** Zooms to [target]; the photo's pixel at screen ([x], [y]) stays where it is. */
    fun zoomTo(target: Float, x: Float, y: Float) {
        val column = photoX(x)
        val row = photoY(y)
        zoom = target.coerceIn(fit, MOST_ZOOM)
        centerX = column - (x - view.width / 2f) / zoom
        centerY = row - (y - view.height / 2f) / zoom
        settle()
    }

    fun pan(screenX: Float, screenY: Float) {
        centerX += screenX / zoom
        centerY += screenY / zoom
        settle()
    }

    /** The part of the photo that is seen. */
    val seen: Box
        get() =
            Box(
                photoY(0f).toInt().coerceIn(0, photo.height),
                photoX(0f).toInt().coerceIn(0, photo.width),
                (photoY(view.height.toFloat()).toInt() + 1).coerceIn(0, photo.height),
                (photoX(view.width.toFloat()).toInt() + 1).coerceIn(0, photo.width),
            )

    /** Keeps the photo's edges out of the view, or its middle in the middle where it is smaller. */
    private fun settle() {
        centerX = settled(centerX, photo.width, view.width)
        centerY = settled(centerY, photo.height, view.height)
    }

    private fun settled(center: Float, photoPx: Int, viewPx: Int): Float {
        val half = viewPx / zoom / 2
        return if (2 * half >= photoPx) photoPx / 2f else center.coerceIn(half, photoPx - half)
    }

    companion object {
        const val MOST_ZOOM = 4f
    }
}

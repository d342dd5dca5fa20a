package org.litedenoise.app

import android.content.Context
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import android.graphics.RectF
import android.os.Bundle
import android.util.AttributeSet
import android.view.GestureDetector
import android.view.MotionEvent
import android.view.ScaleGestureDetector
import android.view.View
import android.view.accessibility.AccessibilityNodeInfo
import org.litedenoise.denoise.BeforeAfter
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.Size
import kotlin.math.abs

/**
 * A photo before (left of a divider) and after (right of it). Drag the divider, pinch up to 400 % of
 * the photo's pixels, double tap to switch between the whole photo and 100 %.
 *
 * The after picture is drawn over the before picture with the strength as its opacity: no strength
 * needs any computation.
 */
class BeforeAfterView(
    context: Context,
    attributes: AttributeSet?,
) : View(context, attributes) {
    /** Asked for the photo's own pixels where the view shows them larger than the whole photo has them. */
    var onDetailNeeded: (Box) -> Unit = {}

    var strength: Float = 1f
        set(value) {
            field = value
            invalidate()
        }

    /** Where the divider is, from 0 at the left to 1 at the right. */
    var divider: Float = 0.5f
        set(value) {
            field = value.coerceIn(0f, 1f)
            describe()
            invalidate()
        }

    private val paint = Paint(Paint.FILTER_BITMAP_FLAG)
    private val linePaint = Paint(Paint.ANTI_ALIAS_FLAG).apply { color = Color.WHITE }
    private val density = resources.displayMetrics.density
    private val target = RectF()
    private var photo = Size(1, 1)
    private var whole: BeforeAfter? = null
    private var detail: BeforeAfter? = null
    private var detailBox = Box(0, 0, 0, 0)
    private var draggingDivider = false

    /** Screen pixels for each of the photo's, and the photo's pixel in the view's middle. */
    private var zoom = 0f
    private var centerX = 0f
    private var centerY = 0f

    private val fit: Float get() = minOf(width.toFloat() / photo.width, height.toFloat() / photo.height)

    init {
        isFocusable = true
        describe()
    }

    fun setWhole(pictures: BeforeAfter, size: Size) {
        whole = pictures
        photo = size
        showWhole()
    }

    fun setDetail(pictures: BeforeAfter, box: Box) {
        detail = pictures
        detailBox = box
        invalidate()
    }

    /** Shows the photo with [percent] of its own size, in the middle of the view its pixel ([x], [y]). */
    fun zoomTo(percent: Float, x: Float, y: Float) {
        zoom = (percent / 100).coerceIn(minOf(fit, MOST_ZOOM), MOST_ZOOM)
        centerX = x.coerceIn(0f, photo.width.toFloat())
        centerY = y.coerceIn(0f, photo.height.toFloat())
        val seen = seen()
        val wholeZoom = (whole?.before?.width ?: 0) / photo.width.toFloat()
        if (zoom > wholeZoom && seen.size.area in 1..MOST_DETAIL_PX) onDetailNeeded(seen)
        invalidate()
    }

    val zoomPercent: Float get() = 100 * zoom

    private fun showWhole() = zoomTo(100 * fit, photo.width / 2f, photo.height / 2f)

    override fun onSizeChanged(width: Int, height: Int, oldWidth: Int, oldHeight: Int) = showWhole()

    override fun onDraw(canvas: Canvas) {
        val pictures = whole ?: return
        val x = divider * width
        draw(canvas, pictures, Box(0, 0, photo.height, photo.width), x)
        detail?.let { draw(canvas, it, detailBox, x) }
        val top = maxOf(0f, screenY(0))
        val bottom = minOf(height.toFloat(), screenY(photo.height))
        canvas.drawRect(x - density, top, x + density, bottom, linePaint)
        canvas.drawCircle(x, (top + bottom) / 2, HANDLE_DP * density, linePaint)
    }

    private fun draw(canvas: Canvas, pictures: BeforeAfter, box: Box, dividerX: Float) {
        target.set(screenX(box.left), screenY(box.top), screenX(box.right), screenY(box.bottom))
        paint.alpha = OPAQUE
        canvas.drawBitmap(pictures.before, null, target, paint)
        paint.alpha = (strength * OPAQUE).toInt()
        canvas.save()
        canvas.clipRect(dividerX, 0f, width.toFloat(), height.toFloat())
        canvas.drawBitmap(pictures.after, null, target, paint)
        canvas.restore()
    }

    private fun screenX(column: Int) = width / 2f + (column - centerX) * zoom

    private fun screenY(row: Int) = height / 2f + (row - centerY) * zoom

    private fun seen(): Box {
        val halfWidth = (width / zoom / 2).toInt() + 1
        val halfHeight = (height / zoom / 2).toInt() + 1
        return Box(
            (centerY.toInt() - halfHeight).coerceIn(0, photo.height),
            (centerX.toInt() - halfWidth).coerceIn(0, photo.width),
            (centerY.toInt() + halfHeight).coerceIn(0, photo.height),
            (centerX.toInt() + halfWidth).coerceIn(0, photo.width),
        )
    }

    @Suppress("ClickableViewAccessibility") // nothing here is a click
    override fun onTouchEvent(event: MotionEvent): Boolean {
        if (event.actionMasked == MotionEvent.ACTION_DOWN) {
            draggingDivider = abs(event.x - divider * width) < REACH_DP * density
            parent?.requestDisallowInterceptTouchEvent(true)
        }
        if (draggingDivider && event.pointerCount == 1) {
            if (event.actionMasked == MotionEvent.ACTION_MOVE) divider = event.x / width
            return true
        }
        pinches.onTouchEvent(event)
        gestures.onTouchEvent(event)
        return true
    }

    private val pinches =
        ScaleGestureDetector(
            context,
            object : ScaleGestureDetector.SimpleOnScaleGestureListener() {
                override fun onScale(detector: ScaleGestureDetector): Boolean {
                    zoomTo(zoomPercent * detector.scaleFactor, centerX, centerY)
                    return true
                }
            },
        )

    private val gestures =
        GestureDetector(
            context,
            object : GestureDetector.SimpleOnGestureListener() {
                override fun onDown(event: MotionEvent) = true

                override fun onScroll(start: MotionEvent?, event: MotionEvent, distanceX: Float, distanceY: Float): Boolean {
                    zoomTo(zoomPercent, centerX + distanceX / zoom, centerY + distanceY / zoom)
                    return true
                }

                override fun onDoubleTap(event: MotionEvent): Boolean {
                    val x = centerX + (event.x - width / 2f) / zoom
                    val y = centerY + (event.y - height / 2f) / zoom
                    if (zoom > fit) showWhole() else zoomTo(100f, x, y)
                    return true
                }
            },
        )

    override fun onInitializeAccessibilityNodeInfo(info: AccessibilityNodeInfo) {
        super.onInitializeAccessibilityNodeInfo(info)
        info.className = android.widget.SeekBar::class.java.name
        if (divider < 1f) info.addAction(AccessibilityNodeInfo.AccessibilityAction.ACTION_SCROLL_FORWARD)
        if (divider > 0f) info.addAction(AccessibilityNodeInfo.AccessibilityAction.ACTION_SCROLL_BACKWARD)
    }

    override fun performAccessibilityAction(action: Int, arguments: Bundle?): Boolean {
        when (action) {
            AccessibilityNodeInfo.ACTION_SCROLL_FORWARD -> divider += DIVIDER_STEP
            AccessibilityNodeInfo.ACTION_SCROLL_BACKWARD -> divider -= DIVIDER_STEP
            else -> return super.performAccessibilityAction(action, arguments)
        }
        return true
    }

    private fun describe() {
        contentDescription = resources.getString(R.string.compare_label, Math.round(100 * divider))
    }

    private companion object {
        const val MOST_ZOOM = 4f
        const val MOST_DETAIL_PX = 16_000_000L
        const val OPAQUE = 255
        const val HANDLE_DP = 10
        const val REACH_DP = 24
        const val DIVIDER_STEP = 0.1f
    }
}

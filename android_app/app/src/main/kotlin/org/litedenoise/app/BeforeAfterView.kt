package org.litedenoise.app

import android.content.Context
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import android.graphics.RectF
import android.os.Bundle
import android.util.AttributeSet
import android.view.GestureDetector
import android.view.HapticFeedbackConstants
import android.view.MotionEvent
import android.view.ScaleGestureDetector
import android.view.View
import android.view.accessibility.AccessibilityNodeInfo
import android.widget.SeekBar
import org.litedenoise.denoise.BeforeAfter
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.Size
import kotlin.math.abs

/**
 * A photo before (left of a divider) and after (right of it). Drag the divider, pinch up to 400 % of
 * the photo's pixels, double tap to switch between the whole photo and 100 %.
 */
class BeforeAfterView(
    context: Context,
    attributes: AttributeSet?,
) : View(context, attributes) {
    /** Told what is seen and at which zoom, after every change. */
    var onMoved: (seen: Box, zoom: Float) -> Unit = { _, _ -> }

    /** Opacity of the after picture: how much of it is taken. */
    var strength: Float = 1f
        set(value) {
            field = value
            invalidate()
        }

    /** Where the divider is, from 0 at the left to 1 at the right. */
    var divider: Float = 0.5f
        set(value) {
            val before = field
            field = value.coerceIn(0f, 1f)
            // Felt, not seen: the middle.
            if ((before - MIDDLE) * (field - MIDDLE) < 0) performHapticFeedback(HapticFeedbackConstants.CLOCK_TICK)
            describe()
            invalidate()
        }

    private val density = resources.displayMetrics.density
    private val paint = Paint(Paint.FILTER_BITMAP_FLAG)
    private val linePaint =
        Paint(Paint.ANTI_ALIAS_FLAG).apply {
            color = Color.WHITE
            strokeWidth = 2.5f * density
            strokeCap = Paint.Cap.ROUND
            setShadowLayer(4 * density, 0f, 0f, 0x80000000.toInt())
        }
    private val arrowPaint = Paint(linePaint).apply { clearShadowLayer() }.apply { color = 0xff1d1d1d.toInt() }
    private val chipPaint = Paint(Paint.ANTI_ALIAS_FLAG).apply { color = 0xb3000000.toInt() }
    private val textPaint =
        Paint(Paint.ANTI_ALIAS_FLAG).apply {
            color = Color.WHITE
            textSize = 13 * density * resources.configuration.fontScale
        }
    private val target = RectF()
    private var photo = Size(1, 1)
    private var viewport = Viewport(photo, photo)
    private var whole: BeforeAfter? = null
    private var detail: BeforeAfter? = null
    private var detailBox = Box(0, 0, 0, 0)
    private var draggingDivider = false

    val zoomPercent: Float get() = 100 * viewport.zoom

    init {
        isFocusable = true
        describe()
    }

    fun setWhole(pictures: BeforeAfter, size: Size) {
        whole = pictures
        if (photo != size) {
            photo = size
            showWhole()
        }
        invalidate()
    }

    fun setDetail(pictures: BeforeAfter, box: Box) {
        detail = pictures
        detailBox = box
        invalidate()
    }

    /** Zooms to [percent] of the photo's own size; what is at ([x], [y]) of the view stays there. */
    fun zoomTo(percent: Float, x: Float, y: Float) {
        viewport.zoomTo(percent / 100, x, y)
        moved()
    }

    private fun showWhole() {
        if (width == 0 || height == 0) return
        viewport = Viewport(photo, Size(height, width))
        moved()
    }

    /** Where the photo is seen between the view's sides, and where the divider is on it. */
    private val seenLeft get() = maxOf(0f, viewport.screenX(0f))
    private val seenRight get() = minOf(width.toFloat(), viewport.screenX(photo.width.toFloat()))
    private val dividerX get() = seenLeft + divider * (seenRight - seenLeft)

    private fun moved() {
        invalidate()
        if (whole != null) onMoved(viewport.seen, viewport.zoom)
    }

    override fun onSizeChanged(width: Int, height: Int, oldWidth: Int, oldHeight: Int) {
        if (width == 0 || height == 0) return
        viewport = if (oldWidth == 0 || oldHeight == 0) Viewport(photo, Size(height, width)) else viewport.resized(Size(height, width))
        moved()
    }

    override fun onDraw(canvas: Canvas) {
        val pictures = whole ?: return
        val x = dividerX
        draw(canvas, pictures, Box(0, 0, photo.height, photo.width), x)
        detail?.let { draw(canvas, it, detailBox, x) }
        val top = maxOf(0f, viewport.screenY(0f))
        val bottom = minOf(height.toFloat(), viewport.screenY(photo.height.toFloat()))
        drawChips(canvas, x, bottom)
        canvas.drawLine(x, top, x, bottom, linePaint)
        drawHandle(canvas, x, (top + bottom) / 2)
    }

    private fun draw(canvas: Canvas, pictures: BeforeAfter, box: Box, dividerX: Float) {
        target.left = viewport.screenX(box.left.toFloat())
        target.top = viewport.screenY(box.top.toFloat())
        target.right = viewport.screenX(box.right.toFloat())
        target.bottom = viewport.screenY(box.bottom.toFloat())
        paint.alpha = OPAQUE
        canvas.drawBitmap(pictures.before, null, target, paint)
        paint.alpha = (strength * OPAQUE).toInt()
        canvas.save()
        canvas.clipRect(dividerX, 0f, width.toFloat(), height.toFloat())
        canvas.drawBitmap(pictures.after, null, target, paint)
        canvas.restore()
    }

    private fun drawHandle(canvas: Canvas, x: Float, y: Float) {
        canvas.drawCircle(x, y, HANDLE_DP * density, linePaint)
        for (side in listOf(-1, 1)) {
            val tip = x + side * 11 * density
            val back = x + side * 6 * density
            canvas.drawLine(back, y - 5 * density, tip, y, arrowPaint)
            canvas.drawLine(back, y + 5 * density, tip, y, arrowPaint)
        }
    }

    /** What each side is, where it has room for its word. */
    private fun drawChips(canvas: Canvas, x: Float, bottom: Float) {
        val pad = 10 * density
        val y = minOf(bottom, height.toFloat()) - 2 * pad
        for ((word, left) in listOf(R.string.before to true, R.string.after to false)) {
            val text = resources.getString(word)
            val wide = textPaint.measureText(text) + 2 * pad
            val start = if (left) seenLeft + pad else seenRight - pad - wide
            if (if (left) start + wide > x - pad else start < x + pad) continue
            target.set(start, y - textPaint.textSize - pad / 2, start + wide, y + pad)
            canvas.drawRoundRect(target, 2 * pad, 2 * pad, chipPaint)
            canvas.drawText(text, start + pad, y + pad / 4, textPaint)
        }
    }

    @Suppress("ClickableViewAccessibility") // nothing here is a click
    override fun onTouchEvent(event: MotionEvent): Boolean {
        if (event.actionMasked == MotionEvent.ACTION_DOWN) {
            draggingDivider = abs(event.x - dividerX) < REACH_DP * density
            parent?.requestDisallowInterceptTouchEvent(true)
        }
        if (draggingDivider && event.pointerCount == 1) {
            if (event.actionMasked == MotionEvent.ACTION_MOVE) divider = (event.x - seenLeft) / (seenRight - seenLeft)
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
                    zoomTo(zoomPercent * detector.scaleFactor, detector.focusX, detector.focusY)
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
                    viewport.pan(distanceX, distanceY)
                    moved()
                    return true
                }

                override fun onDoubleTap(event: MotionEvent): Boolean {
                    if (viewport.zoom > viewport.fit) viewport.reset() else viewport.zoomTo(1f, event.x, event.y)
                    moved()
                    return true
                }
            },
        )

    override fun onInitializeAccessibilityNodeInfo(info: AccessibilityNodeInfo) {
        super.onInitializeAccessibilityNodeInfo(info)
        info.className = SeekBar::class.java.name
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
        const val OPAQUE = 255
        const val HANDLE_DP = 18
        const val REACH_DP = 28
        const val DIVIDER_STEP = 0.1f
        const val MIDDLE = 0.5f
    }
}

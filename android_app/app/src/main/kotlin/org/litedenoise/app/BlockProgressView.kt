package org.litedenoise.app

import android.content.Context
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.RectF
import android.util.AttributeSet
import android.view.View
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.Size

/** A photo being denoised: dim, and bright where its blocks are finished. */
class BlockProgressView(
    context: Context,
    attributes: AttributeSet?,
) : View(context, attributes) {
    private val density = resources.displayMetrics.density
    private val picturePaint = Paint(Paint.FILTER_BITMAP_FLAG)
    private val shadePaint = Paint().apply { color = 0xa6000000.toInt() }
    private val gridPaint = outline(0x59ffffff, 1f)
    private val lastPaint = outline(context.getColor(R.color.accent), 2f)
    private val target = RectF()
    private var picture: Bitmap? = null
    private var finished = listOf<Box>()
    private var photo = Size(1, 1)

    /** Shows [picture] of a photo of size [photo], of which [finished] is done; any may come later. */
    fun show(picture: Bitmap?, photo: Size?, finished: List<Box>) {
        this.picture = picture ?: this.picture
        this.photo = photo ?: this.picture?.let { Size(it.height, it.width) } ?: return
        this.finished = finished
        invalidate()
    }

    override fun onDraw(canvas: Canvas) {
        val bitmap = picture ?: return
        val viewport = Viewport(photo, Size(height, width))
        place(viewport, Box(0, 0, photo.height, photo.width))
        canvas.drawBitmap(bitmap, null, target, picturePaint)
        canvas.save()
        for (box in finished) {
            place(viewport, box)
            canvas.clipOutRect(target)
        }
        place(viewport, Box(0, 0, photo.height, photo.width))
        canvas.drawRect(target, shadePaint)
        canvas.restore()
        for (box in finished) {
            place(viewport, box)
            canvas.drawRect(target, gridPaint)
        }
        if (finished.isNotEmpty()) canvas.drawRect(target, lastPaint)
    }

    private fun place(viewport: Viewport, box: Box) {
        target.left = viewport.screenX(box.left.toFloat())
        target.top = viewport.screenY(box.top.toFloat())
        target.right = viewport.screenX(box.right.toFloat())
        target.bottom = viewport.screenY(box.bottom.toFloat())
    }

    private fun outline(shade: Int, dp: Float) =
        Paint().apply {
            style = Paint.Style.STROKE
            strokeWidth = dp * density
            color = shade
        }
}

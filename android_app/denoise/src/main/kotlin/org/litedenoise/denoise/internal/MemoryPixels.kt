package org.litedenoise.denoise.internal

import android.graphics.Bitmap
import org.litedenoise.denoise.YuvFrame
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.CHANNELS
import org.litedenoise.tiling.PixelSource
import org.litedenoise.tiling.Size

/** Pixels of a bitmap, in its own colour space or, where nothing could say what it means, in sRGB. */
internal class BitmapPixels(
    private val bitmap: Bitmap,
    toSrgb: Boolean,
) : PixelSource {
    override val size = Size(bitmap.height, bitmap.width)
    private val colors = IntArray(Math.toIntExact(size.area))

    init {
        val plain = if (bitmap.config == Bitmap.Config.ARGB_8888) bitmap else bitmap.copy(Bitmap.Config.ARGB_8888, false)
        readColors(plain, toSrgb, colors)
        if (plain !== bitmap) plain.recycle()
    }

    override fun read(box: Box, into: ByteArray) = dropAlpha(colors, size.width, box, into)
}

/** Pixels of a camera frame, converted by BT.601, full range, as JPEG does. */
internal class YuvPixels(
    private val frame: YuvFrame,
) : PixelSource {
    override val size = Size(frame.height, frame.width)

    override fun read(box: Box, into: ByteArray) {
        var target = 0
        for (row in box.top until box.bottom) {
            for (column in box.left until box.right) {
                val y = frame.y.at(row, column)
                val u = frame.u.at(row / 2, column / 2) - NEUTRAL
                val v = frame.v.at(row / 2, column / 2) - NEUTRAL
                into[target] = clip(y + 1.402f * v)
                into[target + 1] = clip(y - 0.344136f * u - 0.714136f * v)
                into[target + 2] = clip(y + 1.772f * u)
                target += CHANNELS
            }
        }
    }

    private fun YuvFrame.Plane.at(row: Int, column: Int): Int =
        buffer.get(row * rowStride + column * pixelStride).toInt() and 0xff

    private fun clip(value: Float): Byte = (value + 0.5f).coerceIn(0f, 255f).toInt().toByte()

    private companion object {
        const val NEUTRAL = 128
    }
}

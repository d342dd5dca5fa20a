package org.litedenoise.denoise.internal

import android.graphics.Bitmap
import android.graphics.ColorSpace
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.CHANNELS
import org.litedenoise.tiling.Size
import java.nio.IntBuffer

private const val OPAQUE = 0xff shl 24

/**
 * The bitmap's numbers in sRGB or in its own colour space, as 0xAARRGGBB, into the start of [colors].
 * `getPixels` converts to sRGB, so others are copied as they lie in memory, as 0xAABBGGRR.
 */
internal fun readColors(bitmap: Bitmap, toSrgb: Boolean, colors: IntArray) {
    if (toSrgb || bitmap.colorSpace?.isSrgb != false) {
        bitmap.getPixels(colors, 0, bitmap.width, 0, 0, bitmap.width, bitmap.height)
        return
    }
    bitmap.copyPixelsToBuffer(IntBuffer.wrap(colors))
    for (index in 0 until bitmap.width * bitmap.height) colors[index] = swapRedAndBlue(colors[index])
}

/** A bitmap of opaque [colors], 0xRRGGBB in [colorSpace]; changes [colors]. */
internal fun bitmapOf(colors: IntArray, size: Size, colorSpace: ColorSpace): Bitmap {
    for (index in colors.indices) colors[index] = colors[index] or OPAQUE
    if (colorSpace.isSrgb) return Bitmap.createBitmap(colors, size.width, size.height, Bitmap.Config.ARGB_8888)
    for (index in colors.indices) colors[index] = swapRedAndBlue(colors[index])
    val bitmap = Bitmap.createBitmap(size.width, size.height, Bitmap.Config.ARGB_8888, true, colorSpace)
    bitmap.copyPixelsFromBuffer(IntBuffer.wrap(colors))
    return bitmap
}

/** The colours of [box] in a picture [width] wide, as RGB bytes. */
internal fun dropAlpha(colors: IntArray, width: Int, box: Box, into: ByteArray) {
    var target = 0
    for (row in box.top until box.bottom) {
        for (index in row * width + box.left until row * width + box.right) {
            val color = colors[index]
            into[target] = (color shr 16).toByte()
            into[target + 1] = (color shr 8).toByte()
            into[target + 2] = color.toByte()
            target += CHANNELS
        }
    }
}

private fun swapRedAndBlue(color: Int): Int =
    (color and 0xff00ff00.toInt()) or (color shr 16 and 0xff) or (color and 0xff shl 16)

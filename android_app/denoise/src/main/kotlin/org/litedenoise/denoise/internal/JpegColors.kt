package org.litedenoise.denoise.internal

import android.graphics.Bitmap
import android.graphics.ColorSpace
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream

/** How a JPEG says what its colours mean. */
internal object JpegColors {
    /**
     * [metadata] for pixels in [colorSpace], or null where nothing says what they mean. Those in sRGB need no
     * profile; others keep the one that they came with, or get Android's own, for Display P3 and its like.
     */
    fun of(colorSpace: ColorSpace, metadata: JpegMetadata): JpegMetadata? =
        when {
            colorSpace.isSrgb -> metadata.withoutIcc()
            metadata.hasIcc -> metadata
            else -> profile(colorSpace).takeIf { it.isNotEmpty() }?.fold(metadata, JpegMetadata::with)
        }

    /** The segments that Android's encoder writes into a JPEG in this space. */
    private fun profile(colorSpace: ColorSpace): List<Segment> {
        val pixel = Bitmap.createBitmap(1, 1, Bitmap.Config.ARGB_8888, true, colorSpace)
        val file = ByteArrayOutputStream().also { pixel.compress(Bitmap.CompressFormat.JPEG, 100, it) }
        pixel.recycle()
        val structure = JpegStructure.read(FileInput(ByteArrayInputStream(file.toByteArray())))
        return structure?.segments.orEmpty().filter { it.isIcc }
    }
}

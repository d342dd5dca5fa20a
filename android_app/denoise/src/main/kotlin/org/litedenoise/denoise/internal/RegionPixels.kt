package org.litedenoise.denoise.internal

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.BitmapRegionDecoder
import android.graphics.ColorSpace
import android.graphics.Rect
import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.FailureKind
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.PixelSource
import org.litedenoise.tiling.Size
import java.io.Closeable

/**
 * Pixels of a file, decoded as they are needed. Decoders start over for every piece, so whole bands of
 * rows are decoded and kept: the blocks of a row share one.
 *
 * @param convertToSrgb whether to convert colours; otherwise they stay in the file's own space.
 */
internal class RegionPixels(
    private val decoder: BitmapRegionDecoder,
    private val convertToSrgb: Boolean,
) : PixelSource,
    Closeable {
    override val size = Size(decoder.height, decoder.width)

    /** Known from a first pixel. */
    val colorSpace: ColorSpace
    val hasAlpha: Boolean

    private var band = IntArray(0)
    private var bandTop = 0
    private var bandBottom = 0

    init {
        val corner = decode(Rect(0, 0, 1, 1))
        colorSpace = corner.colorSpace ?: ColorSpace.get(ColorSpace.Named.SRGB)
        hasAlpha = corner.hasAlpha()
        corner.recycle()
    }

    override fun read(box: Box, into: ByteArray) {
        if (box.top < bandTop || box.bottom > bandBottom) decodeBand(box.top, box.bottom)
        dropAlpha(band, size.width, box.shifted(-bandTop, 0), into)
    }

    override fun close() = decoder.recycle()

    private fun decodeBand(top: Int, bottom: Int) {
        val decoded = decode(Rect(0, top, size.width, bottom))
        val px = Math.toIntExact(Size(bottom - top, size.width).area)
        if (band.size < px) band = IntArray(px)
        readColors(decoded, band)
        decoded.recycle()
        bandTop = top
        bandBottom = bottom
    }

    private fun decode(area: Rect): Bitmap {
        val options = BitmapFactory.Options()
        options.inPreferredConfig = Bitmap.Config.ARGB_8888
        if (convertToSrgb) options.inPreferredColorSpace = ColorSpace.get(ColorSpace.Named.SRGB)
        return try {
            decoder.decodeRegion(area, options)
        } catch (error: IllegalArgumentException) {
            throw unreadable(error)
        } ?: throw unreadable(null)
    }

    private fun unreadable(cause: Throwable?) =
        DenoiseException(FailureKind.UNREADABLE, "the photo cannot be decoded whole; its file is damaged", cause)
}

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

    /** What a band takes while it is read: a bitmap, and outside of sRGB its colours beside it. */
    val bandBytesPerPx: Int get() = if (colorSpace.isSrgb) Int.SIZE_BYTES else 2 * Int.SIZE_BYTES

    /** The band itself in sRGB, whose bitmaps give pieces. */
    private var band: Bitmap? = null

    /** The piece that is asked for, or the whole band where [band] is null. */
    private var colors = IntArray(0)
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
        val inBand = box.shifted(-bandTop, 0)
        val bitmap = band
        if (bitmap == null) {
            dropAlpha(colors, size.width, inBand, into)
        } else {
            val height = box.size.height
            val width = box.size.width
            makeRoom(box.size)
            bitmap.getPixels(colors, 0, width, inBand.left, inBand.top, width, height)
            dropAlpha(colors, width, Box(0, 0, height, width), into)
        }
    }

    override fun close() {
        dropBand()
        decoder.recycle()
    }

    private fun decodeBand(top: Int, bottom: Int) {
        dropBand() // first, as two together might not fit the budget
        val decoded = decode(Rect(0, top, size.width, bottom))
        if (colorSpace.isSrgb) {
            band = decoded
        } else {
            makeRoom(Size(bottom - top, size.width))
            readColors(decoded, convertToSrgb, colors)
            decoded.recycle()
        }
        bandTop = top
        bandBottom = bottom
    }

    private fun dropBand() {
        band?.recycle()
        band = null
        bandBottom = bandTop
    }

    private fun makeRoom(piece: Size) {
        if (colors.size < piece.area) colors = IntArray(Math.toIntExact(piece.area))
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

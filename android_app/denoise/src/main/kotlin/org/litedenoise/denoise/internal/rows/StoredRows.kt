package org.litedenoise.denoise.internal.rows

import org.litedenoise.denoise.internal.PixelStore
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.CHANNELS
import org.litedenoise.tiling.PixelSource
import org.litedenoise.tiling.Size

private const val MOST_BAND_PX = 1_000_000
private const val MOST_PIECE_PX = 100_000

/**
 * A photo whose rows are decoded once, a band at a time as they are asked for, and kept in [store]. Safe to use
 * from several threads if [store] is.
 */
internal class StoredRows(
    private val photo: PixelSource,
    private val store: PixelStore,
) : PixelSource {
    override val size: Size = photo.size
    private val bandRows = bandOf(size).height
    private val pieceColumns = maxOf(MOST_PIECE_PX / bandRows, 1)
    private val piece = ByteArray(bandRows * minOf(pieceColumns, size.width) * CHANNELS)
    private var bottom = 0

    override fun read(box: Box, into: ByteArray) {
        storeDownTo(box.bottom)
        store.read(box, into)
    }

    @Synchronized
    private fun storeDownTo(row: Int) {
        while (bottom < row) {
            val top = bottom
            bottom = minOf(top + bandRows, size.height)
            // Decoders keep the band that they decoded, and give it in pieces.
            for (left in 0 until size.width step pieceColumns) {
                val part = Box(top, left, bottom, minOf(left + pieceColumns, size.width))
                photo.read(part, piece)
                store.write(part, piece, Box(0, 0, part.size.height, part.size.width), part.size.width)
            }
        }
    }

    companion object {
        /** Rows that are decoded together. */
        fun bandOf(photo: Size): Size = Size((MOST_BAND_PX / photo.width).coerceIn(1, photo.height), photo.width)
    }
}

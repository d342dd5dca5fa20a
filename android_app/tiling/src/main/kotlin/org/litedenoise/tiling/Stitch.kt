package org.litedenoise.tiling

/** Bytes of one pixel wherever pixels are bytes here: red, green and blue, interleaved. */
public const val CHANNELS: Int = 3

/** A photo whose pixels can be had piece by piece, so that it never has to be in memory whole. */
public interface PixelSource {
    /** Height and width of the photo. */
    public val size: Size

    /**
     * Writes the pixels of [box], which lies inside the photo, into the start of [into]: rows of
     * interleaved RGB bytes without gaps.
     */
    public fun read(box: Box, into: ByteArray)
}

/** Where the pixels of a result go, piece by piece. */
public interface PixelSink {
    /**
     * Takes the pixels of [box], in photo coordinates. They are those of [kept] in [from], which
     * holds rows of [width] interleaved RGB pixels.
     */
    public fun write(box: Box, from: ByteArray, kept: Box, width: Int)
}

/**
 * Which photo row (or column) each of the positions [start] to [stop] shows.
 *
 * Positions are photo coordinates and may lie outside 0 until [length]. Outside, the photo is
 * mirrored about its edge pixel (-k shows k); where it is too small to be mirrored further, the last
 * pixel that could be is repeated.
 */
public fun sourceIndices(start: Int, stop: Int, length: Int): IntArray =
    IntArray(stop - start) { index ->
        val position = start + index
        val mirrored = if (position < length) Math.abs(position) else 2 * (length - 1) - position
        mirrored.coerceIn(0, length - 1)
    }

/** A photo with mirrored pixels around it. Used by one thread. */
public class MirroredPixels(
    private val photo: PixelSource,
) {
    private var piece = ByteArray(0)

    /** Fills the start of [into] with the pixels of [wanted], in photo coordinates, which may lie outside of it. */
    public fun read(wanted: Box, into: ByteArray) {
        val rows = sourceIndices(wanted.top, wanted.bottom, photo.size.height)
        val columns = sourceIndices(wanted.left, wanted.right, photo.size.width)
        val source = Box(rows.min(), columns.min(), rows.max() + 1, columns.max() + 1)
        if (source == wanted) {
            photo.read(source, into)
            return
        }
        val bytes = Math.toIntExact(source.size.area * CHANNELS)
        if (piece.size < bytes) piece = ByteArray(bytes)
        photo.read(source, piece)
        val sourceWidth = source.size.width
        var target = 0
        for (row in rows) {
            val line = (row - source.top) * sourceWidth
            for (column in columns) {
                val pixel = (line + column - source.left) * CHANNELS
                into[target] = piece[pixel]
                into[target + 1] = piece[pixel + 1]
                into[target + 2] = piece[pixel + 2]
                target += CHANNELS
            }
        }
    }
}

/** Cuts the blocks of one plan out of a photo. Used by one thread. */
public class BlockReader(
    photo: PixelSource,
    plan: BlockPlan,
) {
    private val mirrored = MirroredPixels(photo)

    init {
        require(photo.size == plan.photo) { "the plan is for a photo of ${plan.photo}; got ${photo.size}" }
    }

    /** Fills [into] with what the network sees in [block], mirrored where the photo ends. */
    public fun read(block: Block, into: ByteArray): Unit = mirrored.read(block.read.shifted(-MARGIN_PX, -MARGIN_PX), into)
}

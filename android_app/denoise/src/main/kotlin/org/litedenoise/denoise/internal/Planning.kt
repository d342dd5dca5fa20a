package org.litedenoise.denoise.internal

import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.FailureKind
import org.litedenoise.tiling.BlockPlan
import org.litedenoise.tiling.Size
import org.litedenoise.tiling.chooseBlock

private const val BYTES_IN_MB = 1_000_000L

/** The blocks of a photo where only these [sizes] can be had: those that compute the fewest pixels. */
internal fun planFixedBlocks(photo: Size, haloPx: Int, sizes: List<Size>): BlockPlan =
    checkNotNull(sizes.map { BlockPlan(photo, it, haloPx) }.minByOrNull { it.blocks.size * it.block.area }) { "no sizes" }

/**
 * The blocks of a photo, such that the network on one block and a band of the photo fit the memory.
 *
 * @param bandBytesPerPx what a band takes; see [RegionPixels.bandBytesPerPx].
 * @throws DenoiseException (MEMORY) not even the smallest block does; the message says which would do.
 */
internal fun planBlocks(photo: Size, model: Model, maxMemoryMb: Int, bandBytesPerPx: Int): BlockPlan {
    val haloPx = model.sidecar.haloPx
    var bandBytes = 0L
    while (true) {
        val fixedBytes = model.fixedBytes + bandBytes
        val block =
            try {
                chooseBlock(photo, haloPx, model.bytesPerPx, maxMemoryMb * BYTES_IN_MB, fixedBytes)
            } catch (error: IllegalArgumentException) {
                throw DenoiseException(FailureKind.MEMORY, error.message.orEmpty(), error)
            }
        // Lower blocks need lower bands: the room that is kept for them only grows until it is enough.
        val neededBytes = bandBytesPerPx * Size(minOf(block.height, photo.height), photo.width).area
        if (neededBytes <= bandBytes) return BlockPlan(photo, block, haloPx)
        bandBytes = neededBytes
    }
}

package org.litedenoise.denoise.internal

import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.FailureKind
import org.litedenoise.denoise.internal.rows.RowsPlan
import org.litedenoise.denoise.internal.rows.Scratch
import org.litedenoise.denoise.internal.rows.StoredRows
import org.litedenoise.denoise.internal.rows.chooseRows
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
        val block = fitting { chooseBlock(photo, haloPx, model.bytesPerPx, maxMemoryMb * BYTES_IN_MB, fixedBytes) }
        // Lower blocks need lower bands: the room that is kept for them only grows until it is enough.
        val neededBytes = bandBytesPerPx * Size(minOf(block.height, photo.height), photo.width).area
        if (neededBytes <= bandBytes) return BlockPlan(photo, block, haloPx)
        bandBytes = neededBytes
    }
}

/**
 * How the rows of a photo flow through the network on the CPU, such that it all fits the memory: what the plan
 * counts, what [workers] hand tiles through, and a band of the photo.
 *
 * @param bandBytesPerPx what a band takes; see [RegionPixels.bandBytesPerPx].
 * @throws DenoiseException (MEMORY) the memory does not suffice; the message says how much would.
 */
internal fun planRows(photo: Size, model: Model, maxMemoryMb: Int, bandBytesPerPx: Int, workers: Int): RowsPlan {
    val fixedBytes = model.fixedBytesInRows + bandBytesPerPx * StoredRows.bandOf(photo).area
    var scratchBytes = 0L
    while (true) {
        val plan = fitting { chooseRows(model.network, photo, fixedBytes + scratchBytes, maxMemoryMb * BYTES_IN_MB) }
        // As above: smaller tiles need less.
        val neededBytes = workers * Scratch.bytes(plan)
        if (neededBytes <= scratchBytes) return plan
        scratchBytes = neededBytes
    }
}

private inline fun <T> fitting(plan: () -> T): T =
    try {
        plan()
    } catch (error: IllegalArgumentException) {
        throw DenoiseException(FailureKind.MEMORY, error.message.orEmpty(), error)
    }

package org.litedenoise.tiling

import kotlin.math.ceil

/**
 * The block size that computes the fewest pixels, and among equals has the fewest blocks.
 *
 * @param haloPx context around what a block keeps, a multiple of 16; see [BlockPlan].
 * @param bytesPerPx peak memory for every pixel of a block.
 * @param budgetBytes memory that may be used.
 * @param fixedBytes the part of the budget that is used whatever the block's size.
 * @throws IllegalArgumentException not even the smallest block fits the budget; says which would do.
 */
public fun chooseBlock(photo: Size, haloPx: Int, bytesPerPx: Double, budgetBytes: Long, fixedBytes: Long = 0): Size {
    val mostPx = (budgetBytes - fixedBytes) / bytesPerPx
    val heights = blockLengths(photo.height, haloPx)
    val widths = blockLengths(photo.width, haloPx)
    val rows = heights.map { countBlocks(photo.height, it, haloPx) }
    val columns = widths.map { countBlocks(photo.width, it, haloPx) }
    var best: Size? = null
    var bestWork = Long.MAX_VALUE
    var bestCount = Long.MAX_VALUE
    for ((row, height) in heights.withIndex()) {
        for ((column, width) in widths.withIndex()) {
            val block = Size(height, width)
            val count = rows[row].toLong() * columns[column]
            val work = count * block.area
            val better = work < bestWork || (work == bestWork && count < bestCount)
            if (block.area <= mostPx && better) {
                best = block
                bestWork = work
                bestCount = count
            }
        }
    }
    return requireNotNull(best) {
        val smallest = Size(heights.last(), widths.last())
        val neededMb = ceil((fixedBytes + smallest.area * bytesPerPx) / 1e6).toLong()
        "a photo of $photo pixels needs at least $neededMb MB with a halo of $haloPx pixels; " +
            "the budget is ${budgetBytes / 1_000_000} MB. Allow more memory, or take int8"
    }
}

package org.litedenoise.denoise

import org.litedenoise.tiling.Size

/**
 * What was asked for, what ran, and why.
 *
 * @property requested the delegate in [DenoiserOptions].
 * @property actual what ran the last block.
 * @property reason how the one became the other, in words for the user.
 * @property acceleratedOperators operators of the graph that ran on [actual], or null where the
 *   delegate does not tell.
 * @property totalOperators operators of the graph.
 * @property precision number format of the model.
 * @property modelSha256 checksum of the model file.
 * @property block size of every block; [grid] is how many there are down and across.
 * @property haloPx context around what a block keeps.
 * @property threads CPU threads that a block is spread over.
 * @property openMs time to open the network, [totalMs] from the first block to the last.
 * @property blockMs time of each inference in milliseconds, in order.
 */
data class RunReport(
    val requested: Delegate,
    val actual: Delegate,
    val reason: String,
    val acceleratedOperators: Int?,
    val totalOperators: Int,
    val precision: Precision,
    val modelSha256: String,
    val block: Size,
    val grid: Size,
    val haloPx: Int,
    val threads: Int,
    val openMs: Double,
    val totalMs: Double,
    val blockMs: List<Double>,
) {
    val medianBlockMs: Double get() = blockMs.sorted()[blockMs.size / 2]
}

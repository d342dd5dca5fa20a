package org.litedenoise.denoise

import org.litedenoise.tiling.Size

/**
 * What was asked for, what ran, and why.
 *
 * @property requested the delegate in [DenoiserOptions].
 * @property actual what ran the last block.
 * @property reason how the one became the other, in words for the user.
 * @property acceleratedOperators operators of the graph that ran on [actual], or null if the
 *   delegate does not say.
 * @property totalOperators operators of the graph.
 * @property precision number format of the model.
 * @property modelSha256 checksum of the model file.
 * @property block size of every block; on the CPU, where rows flow through the network, of the rows that are
 *   finished together.
 * @property grid how many blocks there are down (height) and across (width).
 * @property haloPx context around the part that a block keeps, 0 on the CPU.
 * @property threads CPU threads.
 * @property openMs time to open the network in milliseconds.
 * @property totalMs time from the first block to the last in milliseconds.
 * @property blockMs time of each block in milliseconds, in order.
 */
public class RunReport internal constructor(
    public val requested: Delegate,
    public val actual: Delegate,
    public val reason: String,
    public val acceleratedOperators: Int?,
    public val totalOperators: Int,
    public val precision: Precision,
    public val modelSha256: String,
    public val block: Size,
    public val grid: Size,
    public val haloPx: Int,
    public val threads: Int,
    public val openMs: Double,
    public val totalMs: Double,
    public val blockMs: List<Double>,
) {
    /** The median of [blockMs]. */
    public val medianBlockMs: Double get() = blockMs.sorted()[blockMs.size / 2]
}

package org.litedenoise.denoise.internal.rows

import org.litedenoise.tiling.Size
import kotlin.math.ceil

/** The work factor that photos from this size on do not exceed to save memory or tiles. */
private const val LARGE_PX = 1_000_000
private const val MOST_WORK = 1.12

/** The cost of handing a tile to LiteRT and back, in the network's own work. */
internal const val TILE_MACS = 10_000_000.0

/** The cost of touching memory for the first time, likewise. */
internal const val BYTE_MACS = 10.0

/**
 * How a photo flows through the network, and what that costs; as litedenoise_sdk.runtime.cpu.plan.
 *
 * @property network what is computed.
 * @property padded size of the padded photo.
 * @property rows what is kept of it.
 * @property strips the same for columns, from left to right. Each strip is computed from its top to its
 *   bottom before the next one.
 * @property schedule which rows are computed when.
 * @property columns how each strip is cut.
 * @property fixedBytes memory that does not depend on any of this.
 */
internal class RowsPlan(
    val network: Network,
    val padded: Size,
    val rows: Interval,
    val strips: List<Interval>,
    val schedule: Schedule,
    val columns: List<Columns>,
    val fixedBytes: Long,
) {
    private val computed = 1 until network.nodes.size
    private val area = rows.length.toLong() * (strips.last().stop - strips.first().start)
    private val leastMacs = network.macsPerPx * area

    /** The size of each stage's tiles. */
    val tiles: List<Size> = computed.map { Size(schedule.bands[it].lengthPx, columns[0][it].lengthPx) }

    /** The size of each stage's ring; the result has none. */
    val rings: List<Size> =
        (1 until network.nodes.lastIndex).map { number -> Size(schedule.ringRows[number], columns.maxOf { it[number].own.length }) }

    /** How many tiles of each stage are computed. */
    val tileCounts: List<Int> = computed.map { number -> schedule.bands[number].count * columns.sumOf { it[number].count } }

    /** The rows of the result that are computed together, across a strip. */
    val block: Size get() = schedule.bands.last().let { bands -> Size(bands.indices.maxOf { bands[it].own.length }, strips[0].length) }

    /** How many of these there are, down and across. */
    val grid: Size get() = Size(schedule.bands.last().count, strips.size)

    /** Peak memory beyond the photo and its result. */
    val peakMemoryBytes: Long =
        ceil(
            fixedBytes +
                network.costs.zip(tiles) { cost, size -> cost.tileBytes * size.area }.sum() +
                network.costs.zip(rings) { cost, size -> cost.rowBytes * size.area }.sum(),
        ).toLong()

    private val macs: Double = tiles.indices.sumOf { network.costs[it].macs * tiles[it].area * tileCounts[it] }

    /** What it takes, in the network's own work; for large photos work beyond a bound counts a hundred times. */
    val time: Double =
        macs +
            (if (area >= LARGE_PX) 99 * maxOf(macs - MOST_WORK * leastMacs, 0.0) else 0.0) +
            TILE_MACS * tileCounts.sum() +
            BYTE_MACS * (peakMemoryBytes - fixedBytes)

    /** The work done, as a multiple of what the network needs for the requested pixels. */
    val workFactor: Double get() = macs / leastMacs
}

package org.litedenoise.denoise.internal.rows

import org.litedenoise.tiling.MARGIN_PX
import org.litedenoise.tiling.STRIDE_PX
import org.litedenoise.tiling.Size
import org.litedenoise.tiling.ceilDiv
import org.litedenoise.tiling.ceilTo
import org.litedenoise.tiling.paddedLength
import kotlin.math.ceil

// Chooses the plan for a photo, as litedenoise_sdk.runtime.cpu.choose does.

private val ROWS_PX = (16..256 step 16) + listOf(320, 384, 512, 1024)
private const val MOST_TILE_BYTES = 20e6
private const val LEAST_TILE_BYTES = 1e6
private const val TILE_STEP = 0.9
private const val NARROWEST_TILE_PX = 16
private const val NARROWEST_STRIP_PX = 256

/**
 * The plan that takes the least time within the budget.
 *
 * @param fixedBytes the part of the budget that is used whatever the plan.
 * @throws IllegalArgumentException none fits the budget; says which would do.
 */
internal fun chooseRows(network: Network, photo: Size, fixedBytes: Long, budgetBytes: Long): RowsPlan {
    val padded = Size(paddedLength(photo.height), paddedLength(photo.width))
    val rows = Interval(MARGIN_PX, MARGIN_PX + photo.height)
    val paces = Paces(network, padded.height, rows)
    var best: RowsPlan? = null
    var narrowest: Strips? = null
    for (columns in strips(MARGIN_PX, MARGIN_PX + photo.width)) {
        if (best != null && columns.size > best.strips.size + 1) break // narrow strips repeat more than larger tiles save
        val strips = Strips(network, padded.width, columns).also { narrowest = it }
        for (pace in paces.all) {
            if (best != null && strips.work(network, pace.fewest) >= best.time) continue
            val drafts = pace.schedules.map { Draft(network, padded, rows, strips, it, fixedBytes) }
            if (drafts.minOf { it.heldBytes } > budgetBytes) break // more rows at a time take more
            for (draft in drafts) {
                if (best != null && draft.leastTime >= best.time) continue
                val plan = draft.within(budgetBytes) ?: continue
                if (best == null || plan.time < best.time) best = plan
            }
        }
    }
    if (best != null) return best
    val least = Draft(network, padded, rows, checkNotNull(narrowest), paces.all[0].schedules[0], fixedBytes).plan(LEAST_TILE_BYTES)
    throw IllegalArgumentException(
        "a photo of $photo pixels needs at least ${ceil(least.peakMemoryBytes / 1e6).toLong()} MB; " +
            "the budget is ${budgetBytes / 1_000_000} MB. Allow more memory, or take int8",
    )
}

/** How many [rows] of a photo may be computed at a time: those worth considering, from few to many. */
private class Paces(
    network: Network,
    sidePx: Int,
    rows: Interval,
) {
    private val nodes = network.nodes
    private val whole = cutColumns(nodes, sidePx, listOf(rows), nodes.map { sidePx }).single()

    /** They divide the padded photo evenly. */
    val all: List<OnePace> =
        ROWS_PX.map { ceilDiv(sidePx, it) }.distinct().map { ceilTo(ceilDiv(sidePx, it), STRIDE_PX) }.distinct().sorted().map { rowsPx ->
            // If none had to wait for others.
            val fewest = nodes.zip(whole) { node, one -> cut(node, one.own, sidePx shr node.level, bandRows(node, rowsPx)) }
            OnePace(fewest) { early -> schedule(nodes, sidePx, rows, Pace(rowsPx, early)) }
        }
}

/** So many rows at a time; [fewest] are the bands that each node takes at least. */
private class OnePace(
    val fewest: List<Pieces>,
    schedule: (early: Boolean) -> Schedule,
) {
    /** The one that holds the fewest rows first. */
    val schedules: List<Schedule> by lazy(LazyThreadSafetyMode.NONE) {
        val late = schedule(false)
        val isLeast = late.bands.zip(fewest).all { (bands, few) -> bands.count <= few.count }
        if (isLeast) listOf(late) else listOf(late, schedule(true))
    }
}

/** All the columns, then half of them at a time, then a third, ... */
private fun strips(first: Int, stop: Int): Sequence<List<Interval>> =
    sequence {
        var count = 0
        var narrower = stop - first + STRIDE_PX
        while (count == 0 || narrower > NARROWEST_STRIP_PX) {
            count += 1
            val width = ceilTo(ceilDiv(stop - first, count), STRIDE_PX)
            if (width < narrower) {
                narrower = width
                yield((first until stop step width).map { Interval(it, minOf(it + width, stop)) })
            }
        }
    }

/**
 * Strips of a photo, and what they take however they are cut into tiles.
 *
 * @property columns of each.
 * @property heldPx columns of each node, of the widest strip.
 */
private class Strips(
    network: Network,
    sidePx: Int,
    val columns: List<Interval>,
) {
    private val nodes = network.nodes
    private val cuts = cutColumns(nodes, sidePx, columns, nodes.map { sidePx })
    private val computedPx = nodes.indices.map { number -> cuts.sumOf { it[number].lengthPx } }
    val heldPx: List<Int> = nodes.indices.map { number -> cuts.maxOf { it[number].own.length } }

    /** What it takes at least to compute these [bands], with tiles as wide as strips. */
    fun work(network: Network, bands: List<Pieces>): Double =
        network.costs.indices.sumOf { stage ->
            val rows = bands[stage + 1]
            val tile = network.costs[stage].macs * rows.lengthPx * computedPx[stage + 1]
            rows.count * (tile + TILE_MACS * columns.size)
        }
}

/** A plan whose tiles are still to be chosen; see there for the properties. */
private class Draft(
    private val network: Network,
    private val padded: Size,
    private val rows: Interval,
    private val strips: Strips,
    private val schedule: Schedule,
    private val fixedBytes: Long,
) {
    /** What is held between stages, and whatever else does not depend on tiles. */
    val heldBytes: Double =
        fixedBytes +
            (1 until network.nodes.lastIndex).sumOf { number ->
                network.costs[number - 1].rowBytes.toDouble() * schedule.ringRows[number] * strips.heldPx[number]
            }

    /** With tiles as wide as strips. */
    val leastTime: Double get() = strips.work(network, schedule.bands) + BYTE_MACS * (heldBytes - fixedBytes)

    /** The plan with the widest tiles that fit the budget, if any do. */
    fun within(budgetBytes: Long): RowsPlan? {
        var tileBytes = MOST_TILE_BYTES
        var plan = plan(tileBytes)
        while (plan.peakMemoryBytes > budgetBytes) {
            if (tileBytes == LEAST_TILE_BYTES) return null
            val share = minOf((budgetBytes - heldBytes) / (plan.peakMemoryBytes - heldBytes), TILE_STEP)
            tileBytes = maxOf(tileBytes * share, LEAST_TILE_BYTES)
            plan = plan(tileBytes)
        }
        return plan
    }

    /** With tiles that take about this much each. */
    fun plan(tileBytes: Double): RowsPlan {
        val longest =
            network.costs.mapIndexed { stage, cost ->
                maxOf((tileBytes / (cost.tileBytes * schedule.bands[stage + 1].lengthPx)).toInt(), NARROWEST_TILE_PX)
            }
        val columns = cutColumns(network.nodes, padded.width, strips.columns, listOf(padded.width) + longest)
        return RowsPlan(network, padded, rows, strips.columns, schedule, columns, fixedBytes)
    }
}

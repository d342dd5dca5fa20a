package org.litedenoise.denoise.internal.rows

/*
 * When each stage computes which rows, and when rows can be dropped: whole numbers only, no pixels. The
 * same as litedenoise_sdk.runtime.cpu.schedule, where it is explained, and checked against it by
 * tests/golden/schedules.json.
 */

/** Bands that overlap are so many times as long as others, so that less is computed twice. */
private const val LONGER = 2

/** Beyond any photo. */
private const val NEVER = 1 shl 28

/** How many steps the stages may run ahead, so that no worker is idle. */
private const val AHEAD = 2

/**
 * How many rows are computed at a time.
 *
 * @property rowsPx of the result in a step; a multiple of the network's stride.
 * @property early whether a stage computes rows before they are needed if that saves it a band; they are
 *   then held for longer.
 */
internal class Pace(
    val rowsPx: Int,
    val early: Boolean,
)

/** At least [bands] bands of node [node] must be done. */
internal class Wait(
    val node: Int,
    val bands: Int,
)

/**
 * What is computed when.
 *
 * @property nodes of the network.
 * @property bands the rows that each node, the picture included, computes together, from the top down.
 * @property ringRows rows of each node that are held at a time; of the result, a band's.
 */
internal class Schedule(
    val nodes: Nodes,
    val bands: List<Pieces>,
    private val done: List<IntArray>,
    val ringRows: List<Int>,
) {
    /**
     * The first step that needs this band. In the schedule's own order bands go by this, then by node, then
     * from the top down.
     */
    fun due(node: Int, band: Int): Int = done[node].let { steps -> firstOf(steps.size) { steps[it] > band } }

    /** What must be done before this band is computed. */
    fun waits(node: Int, band: Int): List<Wait> {
        val rows = bands[node][band]
        val waits = nodes[node].reads.mapTo(mutableListOf()) { Wait(it.node, bands[it.node].downTo(it.window.end(rows.all.stop))) }
        val taken = rows.own.stop - ringRows[node]
        if (taken <= bands[node].own.start) return waits
        for (reader in nodes.readers[node]) {
            // Those that read a row whose room is reused.
            val pieces = bands[reader.node]
            val reading = firstOf(pieces.count) { reader.window.first(pieces.start(it)) >= taken }
            if (reading > 0) waits += Wait(reader.node, reading)
        }
        return waits
    }
}

/** How many rows a node computes at a time, at its level; [rowsPx] as in [Pace]. */
internal fun bandRows(node: Node, rowsPx: Int): Int = (rowsPx * if (node.overlapPx > 0) LONGER else 1) shr node.level

/**
 * Schedules a photo, or the part of it that is kept.
 *
 * @param sidePx height of the padded photo, a multiple of the network's stride.
 * @param kept the rows of it that are asked for.
 */
internal fun schedule(nodes: Nodes, sidePx: Int, kept: Interval, pace: Pace): Schedule {
    val drafts = arrayOfNulls<NodeDraft>(nodes.size)
    for (number in nodes.indices.reversed()) {
        val side = sidePx shr nodes[number].level
        val readers = nodes.readers[number].map { ReaderDraft(checkNotNull(drafts[it.node]), it.window) }
        drafts[number] =
            if (readers.isEmpty()) {
                NodeDraft(nodes[number], kept, side, steps(kept, pace.rowsPx), pace, readers)
            } else {
                val own = wanted(nodes, { checkNotNull(drafts[it]).bands }, number, side)
                val needed = IntArray(readers[0].draft.steps) { step -> minOf(readers.maxOf { it.needs(step) }, side) }
                NodeDraft(nodes[number], own, side, needed, pace, readers)
            }
    }
    val all = drafts.map(::checkNotNull)
    return Schedule(nodes, all.map { it.bands }, all.map { it.done }, all.map { it.ringRows() })
}

/** How far the result is asked for, step by step. */
private fun steps(kept: Interval, rowsPx: Int): IntArray =
    (kept.start + rowsPx until kept.stop step rowsPx).toList().plus(kept.stop).toIntArray()

/** A node whose readers are planned already; [needed] is how far it has to be after each step. */
private class NodeDraft(
    node: Node,
    own: Interval,
    sidePx: Int,
    needed: IntArray,
    pace: Pace,
    private val readers: List<ReaderDraft>,
) {
    val steps: Int = needed.size
    val bands: Pieces = bands(node, own, sidePx, needed, pace)

    /** How many bands are done after each step. */
    val done: IntArray = IntArray(steps) { bands.downTo(needed[it]) }

    /** The most rows between the first one still to be read and the last one computed. */
    fun ringRows(): Int {
        if (readers.isEmpty()) return bands.indices.maxOf { bands[it].own.length }
        return (0 until steps).maxOf { step ->
            val given = bands.ownStop(done[minOf(step + AHEAD, steps - 1)] - 1)
            val still = minOf(given, readers.minOf { it.stillReads(step) })
            given - maxOf(still, bands.own.start)
        }
    }
}

/** Reads a node through [window]. */
private class ReaderDraft(
    val draft: NodeDraft,
    private val window: Window,
) {
    /** The end of what it reads up to a step. */
    fun needs(step: Int): Int = window.end(draft.bands.start(draft.done[step] - 1) + draft.bands.lengthPx)

    /** The first row that it still reads, before a step. */
    fun stillReads(step: Int): Int {
        val before = if (step == 0) 0 else draft.done[step - 1]
        return window.first(if (before < draft.bands.count) draft.bands.start(before) else NEVER)
    }
}

/**
 * Bands that end where they are needed, so that no rows are held for long. That makes the first band shorter
 * than the others, and may take one band more than necessary; an early pace saves that one.
 */
private fun bands(node: Node, own: Interval, sidePx: Int, needed: IntArray, pace: Pace): Pieces {
    val ownPx = bandRows(node, pace.rowsPx)
    val furthest = firstOwnStop(node, own, ownPx)
    val beforeEnd = needed.lastOrNull { it < own.stop }
    if (furthest >= own.stop || beforeEnd == null) return cut(node, own, sidePx, ownPx)
    var firstStop = furthest - Math.floorMod(furthest - node.alignedUp(beforeEnd), ownPx)
    val fewest = countPieces(node, own, sidePx, ownPx, furthest)
    if (pace.early && countPieces(node, own, sidePx, ownPx, firstStop) > fewest) {
        val end = minOf(own.stop, sidePx - node.overlapPx)
        firstStop = minOf(node.alignedUp(end - (fewest - 1) * ownPx), furthest)
    }
    return cut(node, own, sidePx, ownPx, firstStop)
}

/** The first of [count] indices for which [holds], which then holds for all after it; [count] if there is none. */
private inline fun firstOf(count: Int, holds: (Int) -> Boolean): Int {
    var low = 0
    var high = count
    while (low < high) {
        val middle = (low + high) / 2
        if (holds(middle)) high = middle else low = middle + 1
    }
    return low
}

package org.litedenoise.denoise.internal.rows

import org.litedenoise.tiling.ceilDiv

/*
 * One axis of the network's stages: which of their rows, or columns, are computed together. The same
 * arithmetic as litedenoise_sdk.runtime.cpu.axis, checked against it by tests/golden/schedules.json.
 */

/** Number of the node that is not computed: the picture. */
internal const val PICTURE = 0

/** First position and the end. */
internal data class Interval(
    val start: Int,
    val stop: Int,
) {
    val length: Int get() = stop - start
}

/**
 * What a stage reads of an input for the rows, or columns, that it computes.
 *
 * @property stride pixels of the first convolution's input for each of the stage's own.
 * @property beforePx, afterPx pixels of the first convolution's input beyond these.
 * @property doubled whether the stage doubles the input before anything else.
 */
internal data class Window(
    val stride: Int = 1,
    val beforePx: Int = 0,
    val afterPx: Int = 0,
    val doubled: Boolean = false,
) {
    private val shift = if (doubled) 1 else 0

    /** The first of the input's pixels for what starts at [start]; may lie outside of the photo. */
    fun first(start: Int): Int = (start * stride - beforePx) shr shift

    /** The end of the input's pixels for what ends at [stop]. */
    fun end(stop: Int): Int = (stop * stride + afterPx) shr shift

    fun of(output: Interval): Interval = Interval(first(output.start), end(output.stop))
}

/** What a node reads: the number of another one, and of which pixels. */
internal class Read(
    val node: Int,
    val window: Window,
)

/**
 * A stage of the network, or the picture, as a schedule sees it.
 *
 * @property level how often the resolution is halved.
 * @property overlapPx how far from a piece's border its values are wrong, except at the photo's border.
 * @property reads the nodes that it reads, in the order of the stage's inputs.
 */
internal class Node(
    val level: Int,
    val overlapPx: Int = 0,
    val reads: List<Read> = emptyList(),
) {
    private val offsetPx = reads.filter { it.window.doubled }.maxOfOrNull { it.window.beforePx } ?: 0

    /** Pieces are multiples of it, so that they end on whole pixels of coarser levels. */
    val grainPx: Int = if (reads.any { it.window.doubled }) 2 else 1

    /** The last possible start of a piece at or before [start]; may lie a pixel before the photo. */
    fun aligned(start: Int): Int = start - Math.floorMod(start - offsetPx, grainPx)

    fun alignedUp(stop: Int): Int = aligned(stop + grainPx - 1)

    /** Where a piece starts that keeps what begins at [ownStart]. */
    fun start(ownStart: Int): Int = if (overlapPx > 0) maxOf(ownStart - overlapPx, 0) else aligned(ownStart)
}

/** Who reads a node, and which pixels of it. */
internal class Reader(
    val node: Int,
    val window: Window,
)

/** The nodes of a network, in the order in which they run: the picture first, the result last. */
internal class Nodes(
    nodes: List<Node>,
) : List<Node> by nodes {
    /** Who reads each of them. */
    val readers: List<List<Reader>> =
        nodes.indices.map { number ->
            nodes.flatMapIndexed { reader, node -> node.reads.filter { it.node == number }.map { Reader(reader, it.window) } }
        }
}

/** Rows, or columns, that are computed together: [all], of which [own] are kept. May reach beyond the photo. */
internal class Piece(
    val all: Interval,
    val own: Interval,
)

/**
 * Pieces of one length that together keep [own], each pixel once.
 *
 * @property node whose they are.
 * @property ownPx how much a piece keeps, a multiple of the grain; more at the photo's border.
 * @property firstStop how far the first piece keeps, aligned.
 * @property lengthPx how much each computes.
 * @property lastStart the furthest that one may start.
 * @property count how many there are.
 */
internal class Pieces(
    private val node: Node,
    val own: Interval,
    val ownPx: Int,
    private val firstStop: Int,
    val lengthPx: Int,
    private val lastStart: Int,
    val count: Int,
) {
    val indices: IntRange get() = 0 until count

    /** From the start of the first to the stop of the last. */
    val span: Interval get() = Interval(start(0), start(count - 1) + lengthPx)

    operator fun get(number: Int): Piece {
        val start = start(number)
        return Piece(Interval(start, start + lengthPx), Interval(ownStart(number), ownStop(number)))
    }

    fun start(number: Int): Int {
        val start = node.start(ownStart(number))
        return if (node.overlapPx > 0) minOf(start, lastStart) else start
    }

    fun ownStop(number: Int): Int = if (number == count - 1) own.stop else firstStop + number * ownPx

    /** How many pieces it takes to have everything before [stop], or all there are. */
    fun downTo(stop: Int): Int = minOf(maxOf(ceilDiv(stop - firstStop, ownPx), 0) + 1, count)

    private fun ownStart(number: Int): Int = if (number == 0) own.start else firstStop + (number - 1) * ownPx
}

/**
 * Pieces of one length that together keep [own].
 *
 * @param sidePx the padded photo's, at the node's level.
 * @param ownPx how much a piece keeps, a multiple of the grain; more at the photo's border.
 * @param firstStop where the first piece ends, aligned; by default as far as it reaches.
 */
internal fun cut(
    node: Node,
    own: Interval,
    sidePx: Int,
    ownPx: Int,
    firstStop: Int = firstOwnStop(node, own, ownPx),
): Pieces {
    val overlapPx = node.overlapPx
    val lengthPx = if (overlapPx > 0) minOf(ownPx + 2 * overlapPx, sidePx) else ownPx
    val lastStart = sidePx - lengthPx
    val firstStart = if (overlapPx > 0) minOf(node.start(own.start), lastStart) else node.start(own.start)
    val isOne = firstStart + lengthPx >= minOf(own.stop + overlapPx, sidePx)
    val count = if (isOne) 1 else countPieces(node, own, sidePx, ownPx, firstStop)
    return Pieces(node, own, ownPx, firstStop, lengthPx, lastStart, count)
}

/** How far the first piece reaches. */
internal fun firstOwnStop(node: Node, own: Interval, ownPx: Int): Int = node.start(own.start) + node.overlapPx + ownPx

/** How many pieces [cut] makes where one does not do. */
internal fun countPieces(node: Node, own: Interval, sidePx: Int, ownPx: Int, firstStop: Int): Int {
    val beyond = minOf(own.stop, sidePx - node.overlapPx) - firstStop
    return 1 + maxOf(ceilDiv(beyond, ownPx), 0)
}

/** How much pieces of at most [longestPx] keep when as few and as short as possible. */
internal fun fit(node: Node, own: Interval, sidePx: Int, longestPx: Int): Int {
    val grain = node.grainPx
    val most = maxOf((longestPx - 2 * node.overlapPx).floorDiv(grain) * grain, grain)
    val pieces = countPieces(node, own, sidePx, most, firstOwnStop(node, own, most))
    val beyond = minOf(own.stop, sidePx - node.overlapPx) - node.start(own.start) - node.overlapPx
    return maxOf(ceilDiv(beyond, pieces * grain) * grain, grain)
}

/** What a node must supply for the [pieces] of those that read it, inside the photo. */
internal fun wanted(nodes: Nodes, pieces: (Int) -> Pieces, number: Int, sidePx: Int): Interval {
    val seen = nodes.readers[number].map { it.window.of(pieces(it.node).span) }
    return Interval(maxOf(seen.minOf { it.start }, 0), minOf(seen.maxOf { it.stop }, sidePx))
}

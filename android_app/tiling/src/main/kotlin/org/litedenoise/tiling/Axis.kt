package org.litedenoise.tiling

/*
 * One dimension of a block plan, in whole pixels; the same arithmetic as litedenoise_sdk.tiling.axis,
 * where it is explained, and checked against it by tests/golden/.
 */

/** The network halves its input four times: it commutes with shifts by multiples of this alone. */
public const val STRIDE_PX: Int = 16

/** Mirrored pixels around the photo, which keep the network's zero padding away from it. */
public const val MARGIN_PX: Int = 16

/**
 * One block along one axis; ends excluded. What it computes ([readStart], [readStop]) is in padded
 * coordinates, what it contributes to the result ([ownStart], [ownStop]) in photo coordinates.
 */
internal data class Span(
    val readStart: Int,
    val readStop: Int,
    val ownStart: Int,
    val ownStop: Int,
)

/** Length of the padded axis of a photo [length] pixels long, at least one [block]. */
public fun paddedLength(length: Int, block: Int = 0): Int = maxOf(ceilTo(length + 2 * MARGIN_PX, STRIDE_PX), block)

/** Pixels that a block computes before those it keeps, and throws away. */
internal fun contextBefore(haloPx: Int): Int = maxOf(haloPx - 2 * STRIDE_PX, 0)

/** Pixels that a block computes after those it keeps, and throws away. */
internal fun contextAfter(haloPx: Int): Int = maxOf(haloPx - STRIDE_PX, 0)

/**
 * The blocks along one axis, in order; together they own every photo pixel exactly once.
 *
 * @throws IllegalArgumentException no photo, a block or halo off the stride, or a block swallowed by
 *   its halo.
 */
internal fun solveAxis(length: Int, block: Int, haloPx: Int): List<Span> {
    val count = countBlocks(length, block, haloPx)
    val step = block - contextBefore(haloPx) - contextAfter(haloPx)
    val lastStart = paddedLength(length, block) - block
    val spans = ArrayList<Span>(count)
    var ownStart = 0
    for (index in 0 until count) {
        val readStart = minOf(index * step, lastStart)
        val readStop = readStart + block
        val ownStop = if (index == count - 1) length else readStop - contextAfter(haloPx) - MARGIN_PX
        spans += Span(readStart, readStop, ownStart, ownStop)
        ownStart = ownStop
    }
    return spans
}

/** How many blocks of this length [solveAxis] needs. Throws as [solveAxis] does. */
internal fun countBlocks(length: Int, block: Int, haloPx: Int): Int {
    require(length >= 1) { "a photo's side must be at least 1 pixel; got $length" }
    require(haloPx >= 0 && haloPx % STRIDE_PX == 0) {
        "a halo must be a multiple of $STRIDE_PX pixels; got $haloPx"
    }
    require(block >= STRIDE_PX && block % STRIDE_PX == 0) {
        "a block's side must be a multiple of $STRIDE_PX; got $block"
    }
    val beyondFirst = reach(length, haloPx, block) - block
    if (beyondFirst <= 0) return 1
    require(block >= shortest(haloPx)) {
        "a block of $block pixels is too short to be one of several with a halo of $haloPx; " +
            "take at least ${shortest(haloPx)}"
    }
    return 1 + ceilDiv(beyondFirst, block - contextBefore(haloPx) - contextAfter(haloPx))
}

/** Every block length worth considering, longest first: the shortest for each block count. */
internal fun blockLengths(length: Int, haloPx: Int): List<Int> {
    val reach = reach(length, haloPx, block = 0)
    val context = contextBefore(haloPx) + contextAfter(haloPx)
    var block = ceilTo(reach, STRIDE_PX)
    var count = 1
    val lengths = arrayListOf(block)
    while (block > shortest(haloPx)) {
        count += 1
        val covering = ceilDiv(reach + context * (count - 1), count)
        val shorter = maxOf(ceilTo(covering, STRIDE_PX), shortest(haloPx))
        if (shorter < block) {
            block = shorter
            lengths += block
        }
    }
    return lengths
}

/** The shortest of several blocks: all own something, the first behind the margin too. */
private fun shortest(haloPx: Int): Int = contextAfter(haloPx) + STRIDE_PX + maxOf(contextBefore(haloPx), MARGIN_PX)

/** How far, in padded coordinates, blocks must reach for the last photo pixel to be right. */
private fun reach(length: Int, haloPx: Int, block: Int): Int =
    minOf(MARGIN_PX + length + contextAfter(haloPx), paddedLength(length, block))

package org.litedenoise.denoise.internal.rows

/** The pieces of every node, from left to right; the picture is a single one. */
internal typealias Columns = List<Pieces>

/**
 * Cuts the columns that are needed for each strip, all strips alike, for the least work.
 *
 * @param sidePx width of the padded photo.
 * @param strips columns of it that are kept.
 * @param longestPx how long pieces of each node may be; of the picture all are taken.
 */
internal fun cutColumns(nodes: Nodes, sidePx: Int, strips: List<Interval>, longestPx: List<Int>): List<Columns> {
    val fitting = { number: Int, own: Interval, side: Int ->
        if (number == PICTURE) sidePx else fit(nodes[number], own, side, longestPx[number])
    }
    if (strips.size == 1) return listOf(walk(nodes, sidePx, strips[0], fitting))
    // Those at the photo's sides are read less far, and so are narrower than those between them.
    val widest = if (strips.size > 2) strips.subList(1, 2) else strips
    val cuts = widest.map { walk(nodes, sidePx, it, fitting) }
    val ownPx = nodes.indices.map { number -> cuts.maxOf { it[number].ownPx } }
    return strips.map { strip -> walk(nodes, sidePx, strip) { number, _, _ -> ownPx[number] } }
}

/** From the result back to the picture, as each node must supply what others read. */
private inline fun walk(nodes: Nodes, sidePx: Int, kept: Interval, ownPx: (Int, Interval, Int) -> Int): Columns {
    val pieces = arrayOfNulls<Pieces>(nodes.size)
    for (number in nodes.indices.reversed()) {
        val side = sidePx shr nodes[number].level
        val own = if (number == nodes.lastIndex) kept else wanted(nodes, { checkNotNull(pieces[it]) }, number, side)
        pieces[number] = cut(nodes[number], own, side, ownPx(number, own, side))
    }
    return pieces.map(::checkNotNull)
}

package org.litedenoise.tiling

/** The smallest multiple of [multiple] that is at least [length]. */
public fun ceilTo(length: Int, multiple: Int): Int = ceilDiv(length, multiple) * multiple

internal fun ceilDiv(dividend: Int, divisor: Int): Int = -Math.floorDiv(-dividend, divisor)

/** Height and width of an image or block, in pixels. */
public data class Size(
    val height: Int,
    val width: Int,
) {
    val area: Long get() = height.toLong() * width

    override fun toString(): String = "${height}x$width"
}

/** A rectangle in whole pixels: rows [top] to [bottom], columns [left] to [right], ends excluded. */
public data class Box(
    val top: Int,
    val left: Int,
    val bottom: Int,
    val right: Int,
) {
    val size: Size get() = Size(bottom - top, right - left)

    public fun shifted(rows: Int, columns: Int): Box = Box(top + rows, left + columns, bottom + rows, right + columns)
}

package org.litedenoise.tiling

/** The smallest multiple of [multiple] that is at least [length]. */
public fun ceilTo(length: Int, multiple: Int): Int = ceilDiv(length, multiple) * multiple

/** The quotient, rounded up. */
public fun ceilDiv(dividend: Int, divisor: Int): Int = -Math.floorDiv(-dividend, divisor)

/** [height] and [width] of an image or block, in pixels; equal where both are. */
public class Size(
    public val height: Int,
    public val width: Int,
) {
    /** How many pixels there are. */
    public val area: Long get() = height.toLong() * width

    override fun equals(other: Any?): Boolean = other is Size && height == other.height && width == other.width

    override fun hashCode(): Int = 31 * height + width

    override fun toString(): String = "${height}x$width"
}

/**
 * A rectangle in whole pixels: rows [top] to [bottom], columns [left] to [right], ends excluded; equal
 * where all four are.
 */
public class Box(
    public val top: Int,
    public val left: Int,
    public val bottom: Int,
    public val right: Int,
) {
    /** Rows and columns of it. */
    public val size: Size get() = Size(bottom - top, right - left)

    /** The same rectangle [rows] further down and [columns] further right. */
    public fun shifted(rows: Int, columns: Int): Box = Box(top + rows, left + columns, bottom + rows, right + columns)

    override fun equals(other: Any?): Boolean =
        other is Box && top == other.top && left == other.left && bottom == other.bottom && right == other.right

    override fun hashCode(): Int = arrayOf(top, left, bottom, right).contentHashCode()

    override fun toString(): String = "rows $top to $bottom, columns $left to $right"
}

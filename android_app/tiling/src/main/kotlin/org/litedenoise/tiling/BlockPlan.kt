package org.litedenoise.tiling

/**
 * One inference.
 *
 * @property read what the network sees, in padded coordinates; its origin lies on multiples of 16.
 * @property own what it contributes to the result, in photo coordinates; never empty.
 */
public class Block(
    public val read: Box,
    public val own: Box,
) {
    /** [own] seen from the block's own top left corner. */
    public val kept: Box get() = own.shifted(MARGIN_PX - read.top, MARGIN_PX - read.left)
}

/**
 * A photo cut into blocks of one size.
 *
 * @property photo size of the photo.
 * @property block size of every block.
 * @property haloPx context that every pixel has inside its block, unless the padded photo ends first;
 *   a multiple of 16.
 * @throws IllegalArgumentException photo, block and halo do not fit together.
 */
public class BlockPlan(
    public val photo: Size,
    public val block: Size,
    public val haloPx: Int,
) {
    private val rows = solveAxis(photo.height, block.height, haloPx)
    private val columns = solveAxis(photo.width, block.width, haloPx)

    /** Blocks down (height) and across (width). */
    public val grid: Size get() = Size(rows.size, columns.size)

    /** Size of the padded photo that whole-photo inference would run on. */
    public val padded: Size
        get() = Size(paddedLength(photo.height, block.height), paddedLength(photo.width, block.width))

    /** All blocks, row by row from the top left; every photo pixel is owned exactly once. */
    public val blocks: List<Block> =
        rows.flatMap { row ->
            columns.map { column ->
                Block(
                    read = Box(row.readStart, column.readStart, row.readStop, column.readStop),
                    own = Box(row.ownStart, column.ownStart, row.ownStop, column.ownStop),
                )
            }
        }
}

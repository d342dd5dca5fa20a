package org.litedenoise.denoise.internal

import android.media.ExifInterface
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.Size

/**
 * How stored pixels become upright: first transposed, then mirrored; every EXIF orientation is one
 * of these eight.
 */
internal enum class Orientation(
    val exif: Int,
    private val transposed: Boolean,
    private val mirroredRows: Boolean,
    private val mirroredColumns: Boolean,
) {
    NORMAL(ExifInterface.ORIENTATION_NORMAL, false, false, false),
    FLIP_HORIZONTAL(ExifInterface.ORIENTATION_FLIP_HORIZONTAL, false, false, true),
    ROTATE_180(ExifInterface.ORIENTATION_ROTATE_180, false, true, true),
    FLIP_VERTICAL(ExifInterface.ORIENTATION_FLIP_VERTICAL, false, true, false),
    TRANSPOSE(ExifInterface.ORIENTATION_TRANSPOSE, true, false, false),
    ROTATE_90(ExifInterface.ORIENTATION_ROTATE_90, true, false, true),
    TRANSVERSE(ExifInterface.ORIENTATION_TRANSVERSE, true, true, true),
    ROTATE_270(ExifInterface.ORIENTATION_ROTATE_270, true, true, false),
    ;

    fun upright(stored: Size): Size = if (transposed) Size(stored.width, stored.height) else stored

    /** The stored pixels that an upright [box] shows, of a photo whose upright size is [upright]. */
    fun stored(box: Box, upright: Size): Box {
        val (top, bottom) = mirrored(box.top, box.bottom, upright.height, mirroredRows)
        val (left, right) = mirrored(box.left, box.right, upright.width, mirroredColumns)
        return if (transposed) Box(left, top, right, bottom) else Box(top, left, bottom, right)
    }

    /** Where a [box] of stored pixels is in the upright photo, whose stored size is [stored]. */
    fun upright(box: Box, stored: Size): Box {
        val turned = if (transposed) Box(box.left, box.top, box.right, box.bottom) else box
        val upright = upright(stored)
        val (top, bottom) = mirrored(turned.top, turned.bottom, upright.height, mirroredRows)
        val (left, right) = mirrored(turned.left, turned.right, upright.width, mirroredColumns)
        return Box(top, left, bottom, right)
    }

    /** Index of the stored pixel that upright ([row], [column]) shows, in pictures of size [stored]. */
    fun storedIndex(row: Int, column: Int, stored: Size): Int {
        val upright = upright(stored)
        val down = if (mirroredRows) upright.height - 1 - row else row
        val across = if (mirroredColumns) upright.width - 1 - column else column
        return if (transposed) across * stored.width + down else down * stored.width + across
    }

    /** This one, and then [next], as one. */
    fun then(next: Orientation): Orientation {
        val between = upright(PROBE)
        val size = next.upright(between)
        return values().first { both ->
            both.upright(PROBE) == size &&
                (0 until PROBE.area.toInt()).all {
                    val middle = next.storedIndex(it / size.width, it % size.width, between)
                    val stored = storedIndex(middle / between.width, middle % between.width, PROBE)
                    both.storedIndex(it / size.width, it % size.width, PROBE) == stored
                }
        }
    }

    private fun mirrored(start: Int, stop: Int, length: Int, mirror: Boolean): Pair<Int, Int> =
        if (mirror) length - stop to length - start else start to stop

    companion object {
        private val PROBE = Size(2, 3)

        fun ofExif(value: Int): Orientation = values().firstOrNull { it.exif == value } ?: NORMAL

        fun ofDegrees(clockwise: Int): Orientation =
            when (clockwise) {
                90 -> ROTATE_90
                180 -> ROTATE_180
                270 -> ROTATE_270
                else -> NORMAL
            }
    }
}

package org.litedenoise.denoise.internal.rows

import org.litedenoise.tiling.Box
import org.litedenoise.tiling.Size
import java.nio.ByteBuffer

/**
 * A tensor of the whole photo, of which a part at a time is in memory.
 *
 * @property size height and width.
 * @property pixelBytes of all channels.
 * @property zero the byte that stands for 0.
 */
internal class WholeTensor(
    val size: Size,
    val pixelBytes: Int,
    private val zero: Byte,
) {
    /** Writes zeros where [target], which holds [place], lies outside of the tensor, and returns the part inside. */
    fun clearOutside(target: ByteBuffer, place: Box): Box {
        val there = Box(maxOf(place.top, 0), maxOf(place.left, 0), minOf(place.bottom, size.height), minOf(place.right, size.width))
        clear(target, place, Box(place.top, place.left, there.top, place.right))
        clear(target, place, Box(there.bottom, place.left, place.bottom, place.right))
        clear(target, place, Box(there.top, place.left, there.bottom, there.left))
        clear(target, place, Box(there.top, there.right, there.bottom, place.right))
        return there
    }

    /** Where a pixel lies in a buffer that holds [place]. */
    fun offset(place: Box, row: Int, column: Int): Int = ((row - place.top) * place.size.width + column - place.left) * pixelBytes

    private fun clear(target: ByteBuffer, place: Box, part: Box) {
        for (row in part.top until part.bottom) {
            for (index in offset(place, row, part.left) until offset(place, row, part.right)) target.put(index, zero)
        }
    }
}

/**
 * The last rows of a [tensor]; each new one takes the place of one that is no longer needed. Not locked: the
 * schedule ensures that no worker writes where another reads.
 *
 * @param room rows and columns to hold.
 */
internal class Ring(
    private val room: Size,
    private val tensor: WholeTensor,
) {
    private val values = ByteBuffer.allocateDirect(Math.toIntExact(room.area * tensor.pixelBytes))

    /** Columns count from here on; it moves with the strip. */
    var firstColumn: Int = 0

    /** Stores [own] of a tile's values in [source], which holds [place]. */
    fun write(own: Box, source: ByteBuffer, place: Box) {
        val target = values.duplicate()
        eachRow(own) { row, bytes -> copy(source, tensor.offset(place, row, own.left), target, at(row, own.left), bytes) }
    }

    /** Fills [target] with [place]; beyond the tensor there are zeros. */
    fun read(place: Box, target: ByteBuffer) {
        val there = tensor.clearOutside(target, place)
        val source = values.duplicate()
        eachRow(there) { row, bytes -> copy(source, at(row, there.left), target, tensor.offset(place, row, there.left), bytes) }
    }

    private inline fun eachRow(box: Box, visit: (row: Int, bytes: Int) -> Unit) {
        for (row in box.top until box.bottom) visit(row, box.size.width * tensor.pixelBytes)
    }

    private fun at(row: Int, column: Int): Int = (row % room.height * room.width + column - firstColumn) * tensor.pixelBytes

    private fun copy(source: ByteBuffer, from: Int, target: ByteBuffer, to: Int, bytes: Int) {
        source.limit(from + bytes)
        source.position(from)
        target.clear()
        target.position(to)
        target.put(source)
        source.clear()
    }
}

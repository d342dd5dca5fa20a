package org.litedenoise.denoise.internal.model

import java.nio.ByteBuffer
import java.nio.ByteOrder

/**
 * One table of a flatbuffer, at [position] of [file]. Absent scalars are 0, if nothing else is said, and
 * absent vectors empty. Whatever lies outside of the file raises IndexOutOfBoundsException.
 */
internal class Table(
    private val file: ByteBuffer,
    private val position: Int,
) {
    private val vtable = position - file.getInt(position)
    private val vtableBytes = file.getShort(vtable).toInt()

    fun int(field: Int, absent: Int = 0): Int = offset(field)?.let { file.getInt(it) } ?: absent

    fun byte(field: Int): Int = offset(field)?.let { file.get(it).toInt() } ?: 0

    fun has(field: Int): Boolean = offset(field) != null

    fun ints(field: Int): List<Int> {
        val start = vector(field) ?: return emptyList()
        return List(file.getInt(start)) { file.getInt(start + Int.SIZE_BYTES * (1 + it)) }
    }

    fun table(field: Int): Table? = vector(field)?.let { Table(file, it) }

    fun tables(field: Int): List<Table> {
        val start = vector(field) ?: return emptyList()
        return List(file.getInt(start)) {
            val entry = start + Int.SIZE_BYTES * (1 + it)
            Table(file, entry + file.getInt(entry))
        }
    }

    /** A vector of items of [itemBytes], as it lies in the file; null if it is absent. */
    fun values(field: Int, itemBytes: Int): ByteBuffer? {
        val start = vector(field) ?: return null
        return part(start + Int.SIZE_BYTES, Math.multiplyExact(file.getInt(start), itemBytes))
    }

    /** Overwrites a vector of integers of the same length, if it is there. */
    fun putInts(field: Int, values: List<Int>) = vector(field)?.let { put(it, values, values.size) }

    /** The same for integers inside a vector of bytes. */
    fun putIntBytes(field: Int, values: List<Int>) = put(requireNotNull(vector(field)), values, values.size * Int.SIZE_BYTES)

    /** Where fields lie in [fields], and the fields themselves, behind a number of four bytes. */
    val layout: ByteBuffer get() = part(vtable, vtableBytes)
    val fields: ByteBuffer get() = part(position + Int.SIZE_BYTES, file.getShort(vtable + Short.SIZE_BYTES) - Int.SIZE_BYTES)

    private fun part(start: Int, bytes: Int): ByteBuffer {
        if (start < 0 || bytes < 0 || bytes > file.capacity() - start) throw IndexOutOfBoundsException("$bytes bytes at $start")
        val part = file.duplicate()
        part.limit(start + bytes)
        part.position(start)
        return part.slice().order(ByteOrder.LITTLE_ENDIAN)
    }

    private fun put(start: Int, values: List<Int>, length: Int) {
        require(file.getInt(start) == length) { "expected $length items, got ${file.getInt(start)}" }
        values.forEachIndexed { index, value -> file.putInt(start + Int.SIZE_BYTES * (1 + index), value) }
    }

    private fun vector(field: Int): Int? = offset(field)?.let { it + file.getInt(it) }

    private fun offset(field: Int): Int? {
        val slot = Short.SIZE_BYTES * (2 + field)
        if (slot >= vtableBytes) return null
        val offset = file.getShort(vtable + slot).toInt()
        return if (offset == 0) null else position + offset
    }

    companion object {
        /** The table that a file begins with. */
        fun root(file: ByteBuffer): Table {
            val little = file.duplicate().order(ByteOrder.LITTLE_ENDIAN)
            return Table(little, little.getInt(0))
        }
    }
}

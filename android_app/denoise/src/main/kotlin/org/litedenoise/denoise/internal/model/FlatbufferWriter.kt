package org.litedenoise.denoise.internal.model

import java.nio.ByteBuffer
import java.nio.ByteOrder

private const val ALIGNMENT_BYTES = 16 // of values, as LiteRT expects it
private const val FIRST_CAPACITY = 1 shl 14

/** What is written into a flatbuffer. */
internal sealed interface Item {
    /** A number, as a field of a table; small ones take the first bytes of it. */
    class Scalar(
        val value: Int,
    ) : Item

    /** A table by the numbers of its fields. */
    class Fields(
        val fields: Map<Int, Item>,
    ) : Item {
        constructor(vararg fields: Pair<Int, Item>) : this(mapOf(*fields))
    }

    /** A table as it is elsewhere, without any pointer in it. */
    class Copy(
        val table: Table,
    ) : Item

    /** A vector of tables. */
    class Tables(
        val tables: List<Item>,
    ) : Item

    /** A vector of [count] items. */
    class Values(
        val count: Int,
        val bytes: ByteBuffer,
    ) : Item

    companion object {
        /** A name. */
        fun text(value: String): Item {
            val bytes = value.toByteArray()
            return Values(bytes.size, ByteBuffer.wrap(bytes + 0))
        }

        /** A vector of numbers. */
        fun ints(values: List<Int>): Item {
            val bytes = ByteBuffer.allocate(values.size * Int.SIZE_BYTES).order(ByteOrder.LITTLE_ENDIAN)
            values.forEach(bytes::putInt)
            bytes.flip()
            return Values(values.size, bytes)
        }
    }
}

/** Writes a flatbuffer: pointers first, and then what they point to. */
internal class FlatbufferWriter private constructor() {
    private class Pointer(
        val at: Int,
        val item: Item,
    )

    private var file = allocate(FIRST_CAPACITY)
    private val pointers = ArrayDeque<Pointer>()

    private fun write(root: Item, mark: Int): ByteBuffer {
        pointTo(root)
        word(mark)
        while (pointers.isNotEmpty()) {
            val pointer = pointers.removeFirst()
            val place = write(pointer.item) // which may replace the file by a larger one
            file.putInt(pointer.at, place - pointer.at)
        }
        file.flip()
        val whole = ByteBuffer.allocateDirect(file.limit()).order(ByteOrder.nativeOrder())
        whole.put(file).rewind()
        return whole
    }

    /** Returns where it lies. */
    private fun write(item: Item): Int =
        when (item) {
            is Item.Scalar -> error("a scalar has no place of its own")
            is Item.Fields -> write(item)
            is Item.Copy -> write(item)
            is Item.Tables -> {
                align(Int.SIZE_BYTES)
                val start = file.position()
                word(item.tables.size)
                item.tables.forEach(::pointTo)
                start
            }
            is Item.Values -> {
                // The values are aligned, and their number stands before them.
                align(ALIGNMENT_BYTES, ahead = Int.SIZE_BYTES)
                val start = file.position()
                word(item.count)
                bytes(item.bytes)
                start
            }
        }

    private fun write(table: Item.Fields): Int {
        val numbers = table.fields.keys.sorted()
        val count = 1 + (numbers.lastOrNull() ?: -1)
        align(Int.SIZE_BYTES)
        val layout = file.position()
        short(Short.SIZE_BYTES * (2 + count))
        short(Int.SIZE_BYTES * (1 + numbers.size))
        for (number in 0 until count) short(Int.SIZE_BYTES * (1 + numbers.indexOf(number)))
        align(Int.SIZE_BYTES)
        val start = file.position()
        word(start - layout)
        for (number in numbers) {
            val value = table.fields.getValue(number)
            if (value is Item.Scalar) word(value.value) else pointTo(value)
        }
        return start
    }

    private fun write(copy: Item.Copy): Int {
        align(Int.SIZE_BYTES)
        val layout = file.position()
        bytes(copy.table.layout)
        align(Int.SIZE_BYTES)
        val start = file.position()
        word(start - layout)
        bytes(copy.table.fields)
        return start
    }

    private fun pointTo(item: Item) {
        pointers.addLast(Pointer(file.position(), item))
        word(0)
    }

    private fun word(value: Int) = room(Int.SIZE_BYTES).putInt(value)

    private fun short(value: Int) = room(Short.SIZE_BYTES).putShort(value.toShort())

    private fun bytes(values: ByteBuffer) {
        val whole = values.duplicate()
        room(whole.remaining()).put(whole)
    }

    /** Such that what comes [ahead] bytes later lies on a multiple of [bytes]. */
    private fun align(bytes: Int, ahead: Int = 0) {
        while ((file.position() + ahead) % bytes != 0) room(1).put(0)
    }

    private fun room(bytes: Int): ByteBuffer {
        if (file.remaining() < bytes) {
            val larger = allocate(maxOf(2 * file.capacity(), file.position() + bytes))
            file.flip()
            file = larger.put(file)
        }
        return file
    }

    companion object {
        /** A direct buffer that holds [root], with the four letters that tell the kind of file. */
        fun write(root: Item, mark: Int): ByteBuffer = FlatbufferWriter().write(root, mark)

        private fun allocate(bytes: Int): ByteBuffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN)
    }
}

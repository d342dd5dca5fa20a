package org.litedenoise.denoise.internal

import java.nio.ByteBuffer
import java.nio.ByteOrder

private const val FIELD_BYTES = 12
private const val SHORT: Short = 3
private const val MASK = 0xffff

/** A directory of a TIFF header, which EXIF blocks are; everything throws [IndexOutOfBoundsException] where it is damaged. */
internal class TiffDirectory private constructor(
    val tiff: ByteBuffer,
    private val start: Int,
) {
    private val fields: List<Int> get() = List(tiff.getShort(start).toInt() and MASK) { start + 2 + it * FIELD_BYTES }

    /** Offset of the field with this tag, or null. */
    fun find(tag: Int): Int? = fields.firstOrNull { tag(it) == tag }

    /** A field's value as a SHORT. */
    fun short(field: Int): Int = tiff.getShort(field + 8).toInt() and MASK

    /** A field's value as a LONG, which may be an offset. */
    fun long(field: Int): Int = tiff.getInt(field + 8)

    /**
     * The [block] that this is the first directory of, with a SHORT in it. Where the tag is new, the directory is
     * written anew behind all else, as offsets count from the block's start.
     */
    fun with(tag: Int, value: Int, block: ByteArray): ByteArray {
        val known = find(tag)
        if (known != null) return block.also { tiff.putShort(known + 8, value.toShort()) }
        val (before, after) = fields.partition { tag(it) < tag }
        val at = block.size + block.size % 2
        val longer = ByteBuffer.wrap(block.copyOf(at + 2 + (fields.size + 1) * FIELD_BYTES + 4)).order(tiff.order())
        longer.putInt(4, at)
        longer.position(at)
        longer.putShort((fields.size + 1).toShort())
        for (field in before) longer.put(block, field, FIELD_BYTES)
        longer.putShort(tag.toShort()).putShort(SHORT).putInt(1).putShort(value.toShort()).putShort(0)
        for (field in after) longer.put(block, field, FIELD_BYTES)
        longer.putInt(tiff.getInt(start + 2 + fields.size * FIELD_BYTES)) // the next directory
        return longer.array()
    }

    /** The [block] that this is the first directory of, with none after it. */
    fun ending(block: ByteArray): ByteArray {
        val link = start + 2 + fields.size * FIELD_BYTES
        if (tiff.getInt(link) == 0) return block
        return block.clone().also { ByteBuffer.wrap(it).putInt(link, 0) }
    }

    private fun tag(field: Int): Int = tiff.getShort(field).toInt() and MASK

    /** The directory that a field points at. */
    fun below(field: Int) = TiffDirectory(tiff, long(field))

    companion object {
        /** The first directory of a block; changes to its buffer change [bytes]. */
        fun first(bytes: ByteArray): TiffDirectory? {
            val tiff = ByteBuffer.wrap(bytes)
            when (tiff.getShort(0).toInt()) {
                0x4949 -> tiff.order(ByteOrder.LITTLE_ENDIAN)
                0x4d4d -> tiff.order(ByteOrder.BIG_ENDIAN)
                else -> return null
            }
            return TiffDirectory(tiff, tiff.getInt(4))
        }
    }
}

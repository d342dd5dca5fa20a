package org.litedenoise.denoise.internal

import java.nio.BufferUnderflowException
import java.nio.ByteBuffer
import java.nio.ByteOrder

/**
 * The directory of further pictures in a JPEG file (CIPA DC-007, Multi-Picture Format), as
 * litedenoise_sdk.imageio.jpeg.mpf has it.
 *
 * @property payload the segment as it came.
 * @property entries the pictures; the first one is the main picture. Offsets count from what the caller says.
 */
internal class MpfIndex private constructor(
    val payload: ByteArray,
    val entries: List<Entry>,
) {
    class Entry(
        val attributes: Int,
        val length: Long,
        val offset: Long,
        val depends: Int,
    ) {
        /** A large thumbnail, which shows the noisy picture. */
        val isPreview: Boolean get() = attributes and TYPE in PREVIEWS

        val end: Long get() = offset + length

        fun at(offset: Long, length: Long = this.length) = Entry(attributes, length, offset, depends)
    }

    fun with(entries: List<Entry>) = MpfIndex(payload, entries)

    /** The payload with these [entries], no more than it had before, whose offsets count from its header. */
    fun toPayload(): ByteArray {
        val bytes = payload.clone()
        val tiff = tiff(bytes)
        for (field in fields(tiff)) {
            when (tiff.getShort(field).toInt() and 0xffff) {
                COUNT -> tiff.putInt(field + VALUE, entries.size)
                ENTRIES -> {
                    tiff.putInt(field + LENGTH, entries.size * ENTRY_BYTES)
                    tiff.position(tiff.getInt(field + VALUE))
                    for (entry in entries) {
                        tiff.putInt(entry.attributes).putInt(entry.length.toInt())
                        tiff.putInt(entry.offset.toInt()).putInt(entry.depends)
                    }
                }
            }
        }
        return bytes
    }

    companion object {
        val MARK = "MPF\u0000".toByteArray()

        private const val COUNT = 0xb001
        private const val ENTRIES = 0xb002
        private const val ENTRY_BYTES = 16
        private const val FIELD_BYTES = 12
        private const val LENGTH = 4
        private const val VALUE = 8
        private const val TYPE = 0xffffff
        private val PREVIEWS = setOf(0x010001, 0x010002)

        /** What an MPF segment lists, with offsets from its header, or null where it makes no sense. */
        fun read(payload: ByteArray): MpfIndex? =
            try {
                val tiff = tiff(payload)
                val field = fields(tiff).firstOrNull { tiff.getShort(it).toInt() and 0xffff == ENTRIES }
                val bytes = field?.let { tiff.getInt(it + LENGTH) } ?: 0
                if (field == null || bytes <= 0 || bytes % ENTRY_BYTES != 0) return null
                tiff.position(tiff.getInt(field + VALUE))
                val entries =
                    List(bytes / ENTRY_BYTES) {
                        Entry(tiff.getInt(), unsigned(tiff.getInt()), unsigned(tiff.getInt()), tiff.getInt())
                    }
                MpfIndex(payload, entries)
            } catch (_: IndexOutOfBoundsException) {
                null
            } catch (_: IllegalArgumentException) {
                null
            } catch (_: BufferUnderflowException) {
                null
            }

        private fun tiff(payload: ByteArray): ByteBuffer {
            val tiff = ByteBuffer.wrap(payload, MARK.size, payload.size - MARK.size).slice()
            return tiff.order(if (tiff.getShort(0).toInt() == 0x4949) ByteOrder.LITTLE_ENDIAN else ByteOrder.BIG_ENDIAN)
        }

        private fun fields(tiff: ByteBuffer): List<Int> {
            val directory = tiff.getInt(4)
            return List(tiff.getShort(directory).toInt() and 0xffff) { directory + 2 + it * FIELD_BYTES }
        }

        private fun unsigned(value: Int): Long = value.toLong() and 0xffffffffL
    }
}

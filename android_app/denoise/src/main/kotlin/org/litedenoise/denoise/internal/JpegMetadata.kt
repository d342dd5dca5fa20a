package org.litedenoise.denoise.internal

import java.io.ByteArrayOutputStream
import java.io.EOFException
import java.io.InputStream
import java.io.OutputStream
import java.nio.ByteBuffer
import java.nio.ByteOrder

private const val MARKER = 0xff
private const val START = 0xd8
private const val SCAN = 0xda
private const val APP1 = 0xe1
private const val APP2 = 0xe2
private const val APP13 = 0xed
private const val COMMENT = 0xfe
private const val LENGTH_BYTES = 2
private val EXIF = "Exif\u0000\u0000".toByteArray()
private val ICC = "ICC_PROFILE\u0000".toByteArray()

/**
 * What a JPEG says about itself before its pixels, byte by byte: EXIF with maker notes, XMP, IPTC, ICC
 * profile and comments. Nothing in it depends on the pixels, whose number stays the same.
 */
internal class JpegMetadata(
    private val segments: List<Segment>,
) {
    class Segment(
        val marker: Int,
        val payload: ByteArray,
    ) {
        val isExif: Boolean get() = marker == APP1 && payload.startsWith(EXIF)
        val isIcc: Boolean get() = marker == APP2 && payload.startsWith(ICC)
    }

    /** The EXIF block without its mark, or null. */
    val exif: ByteArray? get() = segments.firstOrNull { it.isExif }?.payload?.let { it.copyOfRange(EXIF.size, it.size) }

    /** As the EXIF block's first directory has it. */
    val orientation: Orientation
        get() =
            try {
                Orientation.ofExif(exif?.let { orientationOf(ByteBuffer.wrap(it)) } ?: 0)
            } catch (_: IndexOutOfBoundsException) {
                Orientation.NORMAL // damaged metadata never stops a photo
            }

    val hasIcc: Boolean get() = segments.any { it.isIcc }

    fun withoutIcc(): JpegMetadata = JpegMetadata(segments.filterNot { it.isIcc })

    fun withComment(text: String): JpegMetadata = JpegMetadata(segments + Segment(COMMENT, text.toByteArray()))

    /** The same with an EXIF block that holds nothing but the orientation, if it has none. */
    fun withOrientation(orientation: Orientation): JpegMetadata {
        if (orientation == Orientation.NORMAL || segments.any { it.isExif }) return this
        // A TIFF header, and one directory with one entry: tag 0x0112, SHORT, 1 value.
        val tiff =
            intArrayOf(
                0x4d, 0x4d, 0, 42, 0, 0, 0, 8,
                0, 1,
                0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation.exif, 0, 0,
                0, 0, 0, 0,
            )
        val payload = EXIF + ByteArray(tiff.size) { tiff[it].toByte() }
        return JpegMetadata(listOf(Segment(APP1, payload)) + segments)
    }

    fun writeTo(output: OutputStream) {
        for (segment in segments) {
            val length = segment.payload.size + LENGTH_BYTES
            output.write(byteArrayOf(MARKER.toByte(), segment.marker.toByte(), (length shr 8).toByte(), length.toByte()))
            output.write(segment.payload)
        }
    }

    companion object {
        val NONE = JpegMetadata(emptyList())

        /**
         * Reads the segments in front of the pixels, or null where [input] is no JPEG. A header that is
         * damaged further down gives what was before the damage: metadata never stops a photo.
         */
        fun read(input: InputStream): JpegMetadata? {
            if (input.read() != MARKER || input.read() != START) return null
            val kept = mutableListOf<Segment>()
            try {
                while (true) {
                    val segment = next(input) ?: break
                    if (segment.belongs()) kept += segment
                }
            } catch (_: EOFException) {
                return JpegMetadata(kept)
            }
            return JpegMetadata(kept)
        }

        /** Tag 0x0112 in a TIFF header's first directory, whose entries have 12 bytes. */
        private fun orientationOf(tiff: ByteBuffer): Int? {
            if (tiff.getShort(0).toInt() == 0x4949) tiff.order(ByteOrder.LITTLE_ENDIAN)
            val directory = tiff.getInt(4)
            val entries = tiff.getShort(directory).toInt()
            val entry = (0 until entries).map { directory + 2 + 12 * it }.firstOrNull { tiff.getShort(it).toInt() == 0x0112 }
            return entry?.let { tiff.getShort(it + 8).toInt() }
        }

        private fun next(input: InputStream): Segment? {
            if (byte(input) != MARKER) return null
            var marker = byte(input)
            while (marker == MARKER) marker = byte(input)
            if (marker == SCAN) return null
            val length = (byte(input) shl 8) + byte(input) - LENGTH_BYTES
            if (length < 0) return null
            val payload = ByteArrayOutputStream(length)
            repeat(length) { payload.write(byte(input)) }
            return Segment(marker, payload.toByteArray())
        }

        // The other kind of APP2 points at further pictures in the file, which are not copied.
        private fun Segment.belongs() = marker == APP1 || isIcc || marker == APP13 || marker == COMMENT

        private fun byte(input: InputStream): Int = input.read().also { if (it < 0) throw EOFException() }

        private fun ByteArray.startsWith(mark: ByteArray) =
            size >= mark.size && mark.indices.all { this[it] == mark[it] }
    }
}

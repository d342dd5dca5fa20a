package org.litedenoise.denoise.internal

import java.io.OutputStream

private const val APP0 = 0xe0
internal const val APP1 = 0xe1
internal const val APP2 = 0xe2
private const val APP11 = 0xeb
private const val APP14 = 0xee
private const val APP15 = 0xef
private const val COMMENT = 0xfe
private const val MARKER = 0xff
private const val START_BYTES = 2L
private const val HEAD_BYTES = 4
private val JFIF = "JFIF\u0000".toByteArray() + byteArrayOf(1, 1, 0, 0, 1, 0, 1, 0, 0)
private val EXIF = "Exif\u0000\u0000".toByteArray()
private val XMP = "http://ns.adobe.com/xap/1.0/\u0000".toByteArray()
private const val MOST_PAYLOAD_BYTES = 65_533
private val ICC = "ICC_PROFILE\u0000".toByteArray()

internal val Segment.isIcc: Boolean get() = marker == APP2 && startsWith(ICC)
internal val Segment.isMpf: Boolean get() = marker == APP2 && startsWith(MpfIndex.MARK)

private const val CREDENTIALS_LOST = "Content credentials (C2PA) are left out: they are signed for the picture as it was."
private const val BOXES_LOST = "JPEG XT and JUMBF boxes are left out: they complete the picture as it was."

/**
 * What a JPEG says about itself before its pixels, byte by byte: EXIF with maker notes, XMP, IPTC, ICC
 * profile, comments and makers' own. Of the EXIF block the thumbnail is unlinked, as it shows the noisy
 * picture; nothing else depends on the pixels, whose number stays the same.
 *
 * @property notes what is not kept, in words for the user.
 * @property quantization how finely the picture was compressed, where that is known.
 */
internal class JpegMetadata(
    private val segments: List<Segment>,
    val notes: List<String> = emptyList(),
    val quantization: Quantization? = null,
) {
    /** The EXIF block without its mark, or null. */
    val exif: ByteArray? get() = segments.firstOrNull { it.isExif }?.payload?.let { it.copyOfRange(EXIF.size, it.size) }

    /** As the EXIF block's first directory has it. */
    val orientation: Orientation get() = exif?.let(Exif::orientation) ?: Orientation.NORMAL

    val hasIcc: Boolean get() = segments.any { it.isIcc }

    /** Offset of the MPF segment's payload in a file that starts with this, or null without one. */
    val indexAt: Long?
        get() {
            val all = listOfNotNull(jfif) + segments
            val index = all.indexOfFirst { it.isMpf }
            return if (index < 0) null else START_BYTES + all.take(index).sumOf { HEAD_BYTES + it.payload.size } + HEAD_BYTES
        }

    private val jfif: Segment? get() = if (exif == null) Segment(APP0, JFIF) else null

    fun withoutIcc(): JpegMetadata = of(segments.filterNot { it.isIcc })

    fun with(segment: Segment): JpegMetadata = of(segments + segment)

    fun withComment(text: String): JpegMetadata = with(Segment(COMMENT, text.toByteArray()))

    fun withIndex(index: MpfIndex?): JpegMetadata = if (index == null) this else with(Segment(APP2, index.payload))

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
        return of(listOf(Segment(APP1, payload)) + segments)
    }

    /** All segments, a JFIF one first where there is no EXIF block. */
    fun writeTo(output: OutputStream) {
        for (segment in listOfNotNull(jfif) + segments) {
            val length = segment.payload.size + 2
            output.write(byteArrayOf(MARKER.toByte(), segment.marker.toByte(), (length shr 8).toByte(), length.toByte()))
            output.write(segment.payload)
        }
    }

    private fun of(segments: List<Segment>) = JpegMetadata(segments, notes, quantization)

    companion object {
        val NONE = JpegMetadata(emptyList())

        /** What stays true of the segments of a picture that is denoised. */
        fun of(structure: JpegStructure): JpegMetadata {
            val (kept, lost) = structure.segments.filter { it.marker == COMMENT || it.marker in APP0..APP15 }.partition { it.belongs }
            val boxes = lost.filter { it.marker == APP11 }
            val (signed, others) = boxes.partition { "c2pa" in it.payload.toString(Charsets.ISO_8859_1) }
            val notes = listOfNotNull(CREDENTIALS_LOST.takeIf { signed.isNotEmpty() }, BOXES_LOST.takeIf { others.isNotEmpty() })
            return JpegMetadata(kept.map { if (it.isExif) it.withoutThumbnail() else it }, notes, Quantization.of(structure))
        }

        /** An EXIF block and an XMP packet without their marks, where there are such and a segment [holds] them. */
        fun of(exif: ByteArray?, xmp: ByteArray?): JpegMetadata {
            val block = exif?.let { Segment(APP1, EXIF + it).withoutThumbnail() }
            val packet = xmp?.takeIf(::holds)?.let { Segment(APP1, XMP + it) }
            return JpegMetadata(listOfNotNull(block, packet))
        }

        /** Whether a segment has room for this XMP packet. */
        fun holds(xmp: ByteArray): Boolean = XMP.size + xmp.size <= MOST_PAYLOAD_BYTES

        private fun Segment.withoutThumbnail(): Segment {
            val block = Exif.withoutThumbnail(payload.copyOfRange(EXIF.size, payload.size))
            return Segment(marker, EXIF + block, at)
        }

        private val Segment.isExif: Boolean get() = marker == APP1 && startsWith(EXIF)

        // JFIF with its thumbnail and Adobe's colour transform are of the old picture; MPF is written anew.
        private val Segment.belongs: Boolean get() = marker !in setOf(APP0, APP11, APP14) && !isMpf
    }
}

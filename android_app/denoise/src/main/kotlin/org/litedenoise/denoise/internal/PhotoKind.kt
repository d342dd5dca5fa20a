package org.litedenoise.denoise.internal

import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.FailureKind
import java.io.ByteArrayOutputStream

private const val HEAD_BYTES = 4096
private const val DNG_VERSION = 0xc612

/** Camera files that are not pictures yet, known by their first bytes; as litedenoise_sdk.imageio.sniff. */
internal object PhotoKind {
    private val RAW =
        listOf(
            "FUJIFILMCCD-RAW" to "Fujifilm raw",
            "IIU\u0000" to "Panasonic raw",
            "IIRO" to "Olympus raw",
            "IIRS" to "Olympus raw",
            "MMOR" to "Olympus raw",
        )
    private val TIFF = listOf("II*\u0000", "MM\u0000*", "II+\u0000", "MM\u0000+")

    /**
     * Refuses files that would come out as a small preview, or not at all.
     *
     * @param input stands at the file's start.
     * @throws DenoiseException (UNREADABLE) a raw or TIFF file; the message has its name.
     */
    fun check(input: FileInput) {
        val bytes = ByteArrayOutputStream().also { input.copyTo(it, HEAD_BYTES.toLong()) }.toByteArray()
        val name = foreign(bytes, bytes.toString(Charsets.ISO_8859_1)) ?: return
        throw DenoiseException(
            FailureKind.UNREADABLE,
            "$name files are not developed here; expected a photo as JPEG, HEIC, AVIF, PNG or WebP. " +
                "Develop the file with a camera app or a raw converter first",
        )
    }

    private fun foreign(bytes: ByteArray, text: String): String? =
        when {
            TIFF.any(text::startsWith) && text.startsWith("CR", 8) -> "Canon raw"
            TIFF.any(text::startsWith) -> if (hasTag(bytes, DNG_VERSION)) "DNG" else "TIFF and raw"
            text.startsWith("ftypcrx ", 4) -> "Canon raw"
            else -> RAW.firstOrNull { text.startsWith(it.first) }?.second
        }

    /** Whether the first directory has this tag. */
    private fun hasTag(bytes: ByteArray, tag: Int): Boolean =
        try {
            TiffDirectory.first(bytes)?.find(tag) != null
        } catch (_: IndexOutOfBoundsException) {
            false
        }
}

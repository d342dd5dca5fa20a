package org.litedenoise.denoise.internal

import android.media.ExifInterface
import java.io.File
import java.io.IOException

private const val EXIF_LOST = "The photo's metadata is not carried over from this kind of file."
private const val XMP_LOST = "Captions and ratings (XMP) are larger than a JPEG can hold, and are left out."
private const val PLACE_LOST = "Android withheld the place where the photo was taken; the result has none."
private const val PNG_HEAD_BYTES = 26
private const val PNG_DEPTH_AT = 24

/**
 * What a file says besides its pixels, as far as a JPEG can hold it.
 *
 * @property orientation how the pixels that Android's decoders give become upright; they never turn them.
 * @property isSrgbUnlessTold whether a file without a profile means sRGB.
 * @property followers to be closed by whoever keeps the photo.
 * @property notes what is not kept, in words for the user.
 */
internal class PhotoHeader private constructor(
    val orientation: Orientation,
    val metadata: JpegMetadata,
    val notes: List<String>,
    val isSrgbUnlessTold: Boolean = false,
    val followers: Followers = Followers.NONE,
) {
    companion object {
        /** @throws IOException the file cannot be read. */
        fun read(file: PhotoFile, work: File): PhotoHeader = ofJpeg(file, work) ?: ofHeif(file) ?: ofOther(file)

        private fun ofJpeg(file: PhotoFile, work: File): PhotoHeader? =
            file.stream().use { stream ->
                val input = FileInput(stream)
                val structure = JpegStructure.read(input) ?: return null
                val metadata = JpegMetadata.of(structure)
                val followers = Followers.read(input, structure, work)
                val notes = metadata.notes + followers.notes + lostPlace(metadata)
                PhotoHeader(metadata.orientation, metadata, notes, isSrgbUnlessTold = !metadata.hasIcc, followers)
            }

        private fun ofHeif(file: PhotoFile): PhotoHeader? {
            val heif = file.stream().use { HeifFile.read(FileInput(it)) } ?: return null
            val exif = heif.exif?.let { Exif.ofHeif(bytes(file, it), heif.orientation) }
            val xmp = heif.xmp?.let { Xmp.alone(bytes(file, it), heif.orientation) }
            val metadata = JpegMetadata.of(exif, xmp)
            val lost = listOfNotNull(EXIF_LOST.takeIf { exif == null }, XMP_LOST.takeIf { xmp != null && !JpegMetadata.holds(xmp) })
            return PhotoHeader(heif.orientation, metadata, heif.notes + lost + listOfNotNull(deep(heif.bits)) + lostPlace(metadata))
        }

        private fun ofOther(file: PhotoFile): PhotoHeader {
            val head = file.stream().use { stream -> ByteArray(PNG_HEAD_BYTES).also { stream.read(it) } }
            val isPng = head.toString(Charsets.ISO_8859_1).startsWith("\u0089PNG")
            val depth = if (isPng) head[PNG_DEPTH_AT].toInt() else Byte.SIZE_BITS
            return PhotoHeader(orientation(file), JpegMetadata.NONE, listOfNotNull(EXIF_LOST, deep(depth)))
        }

        private fun bytes(file: PhotoFile, extent: HeifFile.Extent): ByteArray =
            file.stream().use { stream ->
                val input = FileInput(stream)
                input.copyTo(null, extent.start)
                input.bytes(extent.bytes)
            }

        private fun orientation(file: PhotoFile): Orientation =
            try {
                val exif = file.stream().use { ExifInterface(it) }
                Orientation.ofExif(exif.getAttributeInt(ExifInterface.TAG_ORIENTATION, ExifInterface.ORIENTATION_NORMAL))
            } catch (_: IOException) {
                Orientation.NORMAL // damaged metadata never stops a photo
            }

        private fun lostPlace(metadata: JpegMetadata): List<String> =
            listOfNotNull(PLACE_LOST.takeIf { metadata.exif?.let(Exif::lostItsPlace) == true })

        private fun deep(bits: Int): String? =
            if (bits > Byte.SIZE_BITS) "The photo has $bits bits for each colour; the result has ${Byte.SIZE_BITS}." else null
    }
}

package org.litedenoise.denoise.internal

import android.content.ContentResolver
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.BitmapRegionDecoder
import android.graphics.ColorSpace
import android.media.ExifInterface
import android.net.Uri
import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.FailureKind
import org.litedenoise.denoise.PhotoInput
import java.io.FileDescriptor
import java.io.FileNotFoundException
import java.io.IOException

private const val MOST_WHOLE_PX = 16_000_000L
private const val EXIF_LOST = "Only JPEG files keep their metadata; this photo's is not carried over."
private const val ALPHA_LOST = "The result is a JPEG, which has no transparency."

/** Opens photos of every kind. All failures are [DenoiseException]s. */
internal class PhotoOpener(
    private val resolver: ContentResolver,
) {
    fun open(photo: PhotoInput): OpenPhoto {
        requireWorkerThread()
        return when (photo) {
            is PhotoInput.FromUri -> openFile(photo.uri)
            is PhotoInput.FromBitmap -> openBitmap(photo.bitmap, Orientation.NORMAL, emptyList())
            is PhotoInput.FromYuv ->
                OpenPhoto(
                    YuvPixels(photo.frame),
                    ColorSpace.get(ColorSpace.Named.SRGB),
                    Orientation.ofDegrees(photo.frame.rotationDegrees),
                    JpegMetadata.NONE,
                    emptyList(),
                )
        }
    }

    private fun openFile(uri: Uri): OpenPhoto =
        try {
            val metadata = stream(uri).use { JpegMetadata.read(it.buffered()) }
            val type = resolver.getType(uri).orEmpty()
            val orientation =
                when {
                    metadata != null -> metadata.orientation
                    type in TURNED_BY_DECODER -> Orientation.NORMAL
                    else -> orientation(uri)
                }
            val notes = if (metadata == null) listOf(EXIF_LOST) else emptyList()
            openRegions(uri, orientation, metadata ?: JpegMetadata.NONE, notes) ?: openWhole(uri, orientation, notes)
        } catch (error: FileNotFoundException) {
            throw noAccess(error)
        } catch (error: SecurityException) {
            throw noAccess(error)
        } catch (error: IOException) {
            throw DenoiseException(FailureKind.UNREADABLE, "the photo cannot be read: ${error.message}", error)
        }

    private fun openRegions(uri: Uri, orientation: Orientation, metadata: JpegMetadata, notes: List<String>): OpenPhoto? {
        val pixels =
            try {
                val decoder = withDescriptor(uri) { newRegionDecoder(it) } ?: return null
                RegionPixels(decoder, convertToSrgb = !metadata.hasIcc)
            } catch (_: IOException) {
                return null
            }
        // Pixels in sRGB need no profile; others keep the one that they came with.
        val kept = if (pixels.colorSpace.isSrgb) metadata.withoutIcc() else metadata
        val lost = if (pixels.hasAlpha) notes + ALPHA_LOST else notes
        return OpenPhoto(pixels, pixels.colorSpace, orientation, kept, lost, pixels.bandBytesPerPx, pixels)
    }

    /** For formats that can only be decoded whole. */
    private fun openWhole(uri: Uri, orientation: Orientation, notes: List<String>): OpenPhoto {
        val options = BitmapFactory.Options().apply { inJustDecodeBounds = true }
        withDescriptor(uri) { BitmapFactory.decodeFileDescriptor(it, null, options) }
        val px = options.outWidth.toLong() * options.outHeight
        if (options.outWidth <= 0 || options.outHeight <= 0) {
            throw DenoiseException(
                FailureKind.UNREADABLE,
                "expected a photo that this device can decode, got ${resolver.getType(uri) ?: "an unknown kind"}",
            )
        }
        if (px > MOST_WHOLE_PX) {
            throw DenoiseException(
                FailureKind.UNREADABLE,
                "photos of this format can have at most ${MOST_WHOLE_PX / 1_000_000} megapixels, this one has " +
                    "${px / 1_000_000}; convert it to JPEG first",
            )
        }
        options.inJustDecodeBounds = false
        options.inPreferredConfig = Bitmap.Config.ARGB_8888
        options.inPreferredColorSpace = ColorSpace.get(ColorSpace.Named.SRGB)
        val bitmap =
            withDescriptor(uri) { BitmapFactory.decodeFileDescriptor(it, null, options) }
                ?: throw DenoiseException(FailureKind.UNREADABLE, "the photo's file is damaged")
        return openBitmap(bitmap, orientation, notes).also { bitmap.recycle() }
    }

    private fun openBitmap(bitmap: Bitmap, orientation: Orientation, notes: List<String>): OpenPhoto {
        val srgb = ColorSpace.get(ColorSpace.Named.SRGB)
        val lost = if (bitmap.hasAlpha()) notes + ALPHA_LOST else notes
        return OpenPhoto(BitmapPixels(bitmap), bitmap.colorSpace ?: srgb, orientation, JpegMetadata.NONE, lost)
    }

    private fun orientation(uri: Uri): Orientation =
        try {
            val exif = stream(uri).use { ExifInterface(it) }
            Orientation.ofExif(exif.getAttributeInt(ExifInterface.TAG_ORIENTATION, ExifInterface.ORIENTATION_NORMAL))
        } catch (_: IOException) {
            Orientation.NORMAL // damaged metadata never stops a photo
        }

    private fun stream(uri: Uri) = resolver.openInputStream(uri) ?: throw FileNotFoundException("$uri")

    private inline fun <T> withDescriptor(uri: Uri, use: (FileDescriptor) -> T): T =
        (resolver.openFileDescriptor(uri, "r") ?: throw FileNotFoundException("$uri")).use { use(it.fileDescriptor) }

    @Suppress("DEPRECATION") // the newer one needs API 31
    private fun newRegionDecoder(descriptor: FileDescriptor): BitmapRegionDecoder? =
        BitmapRegionDecoder.newInstance(descriptor, false)

    private fun noAccess(cause: Exception) =
        DenoiseException(
            FailureKind.NO_ACCESS,
            "the photo is gone or may not be read (${cause.message}); choose it again",
            cause,
        )

    private companion object {
        /** Their decoders turn the picture upright by themselves. */
        val TURNED_BY_DECODER = setOf("image/heic", "image/heif", "image/avif")
    }
}

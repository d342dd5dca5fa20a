package org.litedenoise.denoise.internal

import android.content.Context
import android.graphics.Bitmap
import android.graphics.BitmapRegionDecoder
import android.graphics.ColorSpace
import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.FailureKind
import org.litedenoise.denoise.PhotoInput
import java.io.File
import java.io.FileDescriptor
import java.io.FileNotFoundException
import java.io.IOException

private const val ALPHA_LOST = "The result is a JPEG, which has no transparency."

/**
 * Opens photos of every kind. All failures are [DenoiseException]s.
 *
 * @param work folder for what has to be kept until the photo is closed.
 */
internal class PhotoOpener(
    private val context: Context,
    private val work: File,
) {
    fun open(photo: PhotoInput): OpenPhoto {
        requireWorkerThread()
        return when (photo) {
            is PhotoInput.FromUri -> openFile(PhotoFile(context, photo.uri))
            is PhotoInput.FromBitmap -> openBitmap(photo.bitmap)
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

    private fun openFile(file: PhotoFile): OpenPhoto =
        try {
            file.stream().use { PhotoKind.check(FileInput(it)) }
            val header = PhotoHeader.read(file, work)
            try {
                openRegions(file, header) ?: openWhole(file, header)
            } catch (error: Throwable) {
                header.followers.close()
                throw error
            }
        } catch (error: FileNotFoundException) {
            throw noAccess(error)
        } catch (error: SecurityException) {
            throw noAccess(error)
        } catch (error: IOException) {
            throw DenoiseException(FailureKind.UNREADABLE, "the photo cannot be read: ${error.message}", error)
        }

    private fun openRegions(file: PhotoFile, header: PhotoHeader): OpenPhoto? {
        val first = regions(file, header, convertToSrgb = header.isSrgbUnlessTold) ?: return null
        val colors = JpegColors.of(first.colorSpace, header.metadata)
        val pixels = if (colors != null) first else first.close().let { regions(file, header, convertToSrgb = true) } ?: return null
        val notes = if (pixels.hasAlpha) header.notes + ALPHA_LOST else header.notes
        val metadata = colors ?: header.metadata.withoutIcc()
        return OpenPhoto(pixels, pixels.colorSpace, header.orientation, metadata, notes, pixels.bandBytesPerPx, header.followers, pixels)
    }

    private fun regions(file: PhotoFile, header: PhotoHeader, convertToSrgb: Boolean): RegionPixels? =
        try {
            file.withDescriptor(::newRegionDecoder)?.let { RegionPixels(it, convertToSrgb) }
        } catch (_: IOException) {
            null
        }

    /** For formats that can only be decoded whole: from then on the pixels are in a file. */
    private fun openWhole(file: PhotoFile, header: PhotoHeader): OpenPhoto {
        val bitmap = WholePhoto(context, file).decode()
        try {
            val colors = JpegColors.of(bitmap.colorSpace ?: ColorSpace.get(ColorSpace.Named.SRGB), header.metadata)
            val pixels = WholePhoto.stored(bitmap, work, toSrgb = colors == null)
            val colorSpace = bitmap.colorSpace?.takeIf { colors != null } ?: ColorSpace.get(ColorSpace.Named.SRGB)
            val notes = if (bitmap.hasAlpha()) header.notes + ALPHA_LOST else header.notes
            val metadata = colors ?: header.metadata.withoutIcc()
            return OpenPhoto(pixels, colorSpace, header.orientation, metadata, notes, followers = header.followers, resource = pixels)
        } finally {
            bitmap.recycle()
        }
    }

    private fun openBitmap(bitmap: Bitmap): OpenPhoto {
        val own = bitmap.colorSpace ?: ColorSpace.get(ColorSpace.Named.SRGB)
        val colors = JpegColors.of(own, JpegMetadata.NONE)
        val colorSpace = if (colors == null) ColorSpace.get(ColorSpace.Named.SRGB) else own
        val lost = if (bitmap.hasAlpha()) listOf(ALPHA_LOST) else emptyList()
        val pixels = BitmapPixels(bitmap, toSrgb = colors == null)
        return OpenPhoto(pixels, colorSpace, Orientation.NORMAL, colors ?: JpegMetadata.NONE, lost)
    }

    @Suppress("DEPRECATION") // the newer one needs API 31
    private fun newRegionDecoder(descriptor: FileDescriptor): BitmapRegionDecoder? =
        BitmapRegionDecoder.newInstance(descriptor, false)

    private fun noAccess(cause: Exception) =
        DenoiseException(
            FailureKind.NO_ACCESS,
            "the photo is gone or may not be read (${cause.message}); choose it again",
            cause,
        )
}

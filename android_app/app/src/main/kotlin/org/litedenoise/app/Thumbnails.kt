package org.litedenoise.app

import android.content.ContentResolver
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.Matrix
import android.media.ExifInterface
import android.net.Uri
import android.util.LruCache
import java.io.FileNotFoundException
import java.io.IOException

/** Small upright pictures of photos; loading is for worker threads. */
internal class Thumbnails(
    private val resolver: ContentResolver,
) {
    private val kept = LruCache<Pair<Uri, Int>, Bitmap>(MOST_KEPT)

    /** What was loaded before. */
    fun of(photo: Uri, longestPx: Int): Bitmap? = kept.get(photo to longestPx)

    /** The photo with its longest side at least [longestPx] where it has as much; null where it cannot be read. */
    fun load(photo: Uri, longestPx: Int): Bitmap? {
        of(photo, longestPx)?.let { return it }
        return try {
            decode(photo, longestPx)?.also { kept.put(photo to longestPx, it) }
        } catch (_: IOException) {
            null
        } catch (_: SecurityException) {
            null
        } catch (_: OutOfMemoryError) {
            null
        }
    }

    private fun decode(photo: Uri, longestPx: Int): Bitmap? {
        val options = BitmapFactory.Options().apply { inJustDecodeBounds = true }
        open(photo).use { BitmapFactory.decodeStream(it, null, options) }
        options.inJustDecodeBounds = false
        options.inSampleSize = Integer.highestOneBit(maxOf(1, maxOf(options.outWidth, options.outHeight) / longestPx))
        val bitmap = open(photo).use { BitmapFactory.decodeStream(it, null, options) } ?: return null
        // Other decoders turn pictures upright by themselves.
        val degrees = if (options.outMimeType == "image/jpeg") open(photo).use { ExifInterface(it).rotationDegrees } else 0
        if (degrees == 0) return bitmap
        val turn = Matrix().apply { postRotate(degrees.toFloat()) }
        return Bitmap.createBitmap(bitmap, 0, 0, bitmap.width, bitmap.height, turn, true)
    }

    private val ExifInterface.rotationDegrees: Int
        get() =
            when (getAttributeInt(ExifInterface.TAG_ORIENTATION, ExifInterface.ORIENTATION_NORMAL)) {
                ExifInterface.ORIENTATION_ROTATE_90 -> 90
                ExifInterface.ORIENTATION_ROTATE_180 -> 180
                ExifInterface.ORIENTATION_ROTATE_270 -> 270
                else -> 0
            }

    private fun open(photo: Uri) = resolver.openInputStream(photo) ?: throw FileNotFoundException("$photo")

    private companion object {
        const val MOST_KEPT = 80
    }
}

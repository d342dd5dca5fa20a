package org.litedenoise.app

import android.content.ContentResolver
import android.content.ContentUris
import android.content.ContentValues
import android.net.Uri
import android.os.Build
import android.os.Environment
import android.provider.MediaStore
import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.DenoisedPhoto
import org.litedenoise.denoise.FailureKind
import org.litedenoise.tiling.Strength
import java.io.FileNotFoundException
import java.io.IOException

/** Puts results into the device's photo collection. For worker threads. */
internal class PhotoSaver(
    private val resolver: ContentResolver,
) {
    /**
     * Saves a new photo; the original stays as it is.
     *
     * @throws DenoiseException it cannot be saved; nothing is left behind.
     */
    fun save(photo: DenoisedPhoto, name: String, strength: Strength): Uri {
        val target = newPhoto(name.substringBeforeLast('.') + "-denoised.jpg", hidden = true)
        var done = false
        try {
            val file = resolver.openFileDescriptor(target, "rw") ?: throw FileNotFoundException("$target")
            file.use { photo.save(it.fileDescriptor, strength) }
            if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) {
                resolver.update(target, ContentValues().apply { put(MediaStore.MediaColumns.IS_PENDING, 0) }, null, null)
            }
            done = true
        } catch (error: IOException) {
            throw notSaved(error)
        } catch (error: SecurityException) {
            throw notSaved(error)
        } finally {
            if (!done) discard(target)
        }
        return target
    }

    /**
     * An empty entry in the collection.
     *
     * @param hidden whether nobody else sees it until it is complete, where Android can do that.
     * @throws DenoiseException the collection takes none.
     */
    fun newPhoto(name: String, hidden: Boolean): Uri {
        val values = ContentValues()
        values.put(MediaStore.MediaColumns.DISPLAY_NAME, name)
        values.put(MediaStore.MediaColumns.MIME_TYPE, "image/jpeg")
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) {
            values.put(MediaStore.MediaColumns.RELATIVE_PATH, FOLDER)
            values.put(MediaStore.MediaColumns.IS_PENDING, if (hidden) 1 else 0)
        }
        try {
            return resolver.insert(MediaStore.Images.Media.EXTERNAL_CONTENT_URI, values)
                ?: throw DenoiseException(FailureKind.OUTPUT, "no photo can be added to the photo collection; free some storage")
        } catch (error: SecurityException) {
            throw notSaved(error)
        }
    }

    /** What this app has saved before, the newest first, with names; asking needs a permission before Android 10. */
    fun recent(): List<Pair<Uri, String>> {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.Q) return emptyList()
        val collection = MediaStore.Images.Media.EXTERNAL_CONTENT_URI
        val columns = arrayOf(MediaStore.MediaColumns._ID, MediaStore.MediaColumns.DISPLAY_NAME)
        val own = "${MediaStore.MediaColumns.RELATIVE_PATH} = ?"
        val newest = "${MediaStore.MediaColumns.DATE_ADDED} DESC"
        return resolver.query(collection, columns, own, arrayOf("$FOLDER/"), newest)?.use { cursor ->
            generateSequence { if (cursor.moveToNext()) cursor else null }
                .take(MOST_RECENT)
                .map { ContentUris.withAppendedId(collection, it.getLong(0)) to it.getString(1) }
                .toList()
        } ?: emptyList()
    }

    fun discard(entry: Uri) {
        resolver.delete(entry, null, null)
    }

    private fun notSaved(error: Exception) =
        DenoiseException(
            FailureKind.OUTPUT,
            "cannot write to the photo collection: ${error.message}; allow access, or free some storage",
            error,
        )

    private companion object {
        val FOLDER = "${Environment.DIRECTORY_PICTURES}/LiteDenoise"
        const val MOST_RECENT = 60
    }
}

package org.litedenoise.denoise.internal

import android.Manifest
import android.content.Context
import android.content.pm.PackageManager
import android.net.Uri
import android.os.Build
import android.provider.MediaStore
import java.io.FileDescriptor
import java.io.FileNotFoundException
import java.io.InputStream

/** The file behind an address; opened anew for each use. */
internal class PhotoFile(
    private val context: Context,
    address: Uri,
) {
    private val resolver = context.contentResolver

    /** With the place where the photo was taken, which Android blanks for apps without the permission. */
    private val uri = if (address.authority == MediaStore.AUTHORITY && mayKnowPlaces()) original(address) else address

    /** The kind of file, or null. */
    val type: String? get() = resolver.getType(uri)

    /** @throws FileNotFoundException it is gone. */
    fun stream(): InputStream = resolver.openInputStream(uri) ?: throw FileNotFoundException("$uri")

    /** @throws FileNotFoundException it is gone. */
    inline fun <T> withDescriptor(use: (FileDescriptor) -> T): T =
        (resolver.openFileDescriptor(uri, "r") ?: throw FileNotFoundException("$uri")).use { use(it.fileDescriptor) }

    private fun mayKnowPlaces(): Boolean =
        Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q &&
            context.checkSelfPermission(Manifest.permission.ACCESS_MEDIA_LOCATION) == PackageManager.PERMISSION_GRANTED

    /** Photos that the picker handed over are not in the collection, and have no original. */
    private fun original(address: Uri): Uri =
        if ("picker" in address.path.orEmpty()) address else MediaStore.setRequireOriginal(address)
}

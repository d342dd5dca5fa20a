package org.litedenoise.app

import android.content.ContentProvider
import android.content.ContentValues
import android.database.Cursor
import android.net.Uri
import android.os.Looper
import android.os.ParcelFileDescriptor
import org.litedenoise.denoise.Denoiser
import org.litedenoise.denoise.DenoiserOptions
import org.litedenoise.denoise.engine.BlockEngine
import org.litedenoise.denoise.engine.BlockEngineFactory
import org.litedenoise.denoise.engine.EngineModel
import org.litedenoise.testing.JvmEngines
import org.robolectric.Shadows.shadowOf
import java.io.File
import java.io.FileNotFoundException
import java.nio.ByteBuffer

/** The app with real inference on the JVM, which must not happen on the main thread. */
class TestApp : LiteDenoiseApp() {
    override fun newDenoiser(): Denoiser {
        val options = DenoiserOptions.Builder().apply { threads = 1 }.build()
        return Denoiser.create(this, options, engines = listOf(WorkerEngines))
    }
}

private object WorkerEngines : BlockEngineFactory by JvmEngines {
    override fun open(model: EngineModel): BlockEngine {
        requireOtherThread("a network is opened")
        val engine = JvmEngines.open(model)
        return object : BlockEngine by engine {
            override fun run(inputs: List<ByteBuffer>, output: ByteBuffer) {
                requireOtherThread("a network runs")
                engine.run(inputs, output)
            }
        }
    }
}

/** The device's photo collection, in files. */
class TestCollection : ContentProvider() {
    lateinit var folder: File
    val entries = linkedMapOf<Uri, ContentValues>()

    /** Whether the device has no room left. */
    @Volatile
    var full = false

    fun file(uri: Uri) = File(folder, "${uri.lastPathSegment}.jpg")

    override fun onCreate() = true

    override fun getType(uri: Uri) = "image/jpeg"

    override fun insert(uri: Uri, values: ContentValues?): Uri {
        requireOtherThread()
        val entry = Uri.withAppendedPath(uri, "${entries.size + 1}")
        entries[entry] = ContentValues(values)
        file(entry).createNewFile()
        return entry
    }

    override fun openFile(uri: Uri, mode: String): ParcelFileDescriptor {
        requireOtherThread()
        if (full) throw FileNotFoundException("No space left on device")
        return ParcelFileDescriptor.open(file(uri), ParcelFileDescriptor.parseMode(mode))
    }

    override fun update(uri: Uri, values: ContentValues?, selection: String?, arguments: Array<String>?): Int {
        requireOtherThread()
        entries.getValue(uri).putAll(values)
        return 1
    }

    override fun delete(uri: Uri, selection: String?, arguments: Array<String>?): Int {
        requireOtherThread()
        file(uri).delete()
        return if (entries.remove(uri) == null) 0 else 1
    }

    override fun query(
        uri: Uri,
        projection: Array<String>?,
        selection: String?,
        arguments: Array<String>?,
        order: String?,
    ): Cursor? {
        requireOtherThread()
        return null
    }

    private fun requireOtherThread() = requireOtherThread("the collection is used")
}

private fun requireOtherThread(what: String) =
    check(Looper.myLooper() != Looper.getMainLooper()) { "$what on the main thread" }

/** Lets the main thread work until [holds]; background threads say on it that they are done. */
internal fun waitUntil(what: String, holds: () -> Boolean) {
    val deadline = System.nanoTime() + 120_000_000_000
    while (!holds()) {
        check(System.nanoTime() < deadline) { "waited in vain: $what" }
        shadowOf(Looper.getMainLooper()).idle()
        Thread.yield()
    }
}

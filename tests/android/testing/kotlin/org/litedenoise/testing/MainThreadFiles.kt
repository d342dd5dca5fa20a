package org.litedenoise.testing

import android.os.Looper
import java.io.File
import java.io.FileDescriptor
import java.security.Permission
import java.util.concurrent.CopyOnWriteArrayList

/**
 * Notes every file below [root] that the app's or the library's code reads, writes or deletes on the
 * main thread. Java itself asks before each access. It only looks on, as an exception could be caught.
 */
@Suppress("DEPRECATION") // until JDK 17 there is no other way to see all files
class MainThreadFiles(
    private val root: File,
) : SecurityManager(),
    AutoCloseable {
    /** What was touched, and by which line. */
    val seen = CopyOnWriteArrayList<String>()

    private val mainThread = Looper.getMainLooper().thread

    init {
        note(root.path) // loads what it needs, which reads files itself
        seen.clear()
        System.setSecurityManager(this)
    }

    override fun checkRead(file: String) = note(file)

    override fun checkWrite(file: String) = note(file)

    override fun checkDelete(file: String) = note(file)

    override fun checkRead(descriptor: FileDescriptor) = Unit

    override fun checkWrite(descriptor: FileDescriptor) = Unit

    override fun checkPermission(permission: Permission) = Unit

    override fun close() = System.setSecurityManager(null)

    private fun note(file: String) {
        if (Thread.currentThread() !== mainThread || !file.startsWith(root.path)) return
        val line = Throwable().stackTrace.firstOrNull { it.className.startsWith("org.litedenoise.") && "est" !in it.className }
        if (line != null) seen += "$file by $line"
    }
}

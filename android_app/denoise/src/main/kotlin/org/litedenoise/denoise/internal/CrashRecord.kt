package org.litedenoise.denoise.internal

import org.litedenoise.denoise.Delegate
import org.litedenoise.denoise.engine.EngineException
import java.io.File

/**
 * Remembers across processes that an accelerator was being opened. A driver that crashes takes the
 * whole process along; the file that it leaves keeps it from being tried again.
 */
internal class CrashRecord(
    private val folder: File,
) {
    private var entered: Delegate? = null

    /** @throws EngineException a process died while it opened or first ran this one. */
    fun check(delegate: Delegate) {
        if (file(delegate).exists()) {
            throw EngineException("the app crashed in its driver; clear the app's cache to try again")
        }
    }

    fun entering(delegate: Delegate) {
        if (delegate == Delegate.CPU) return
        folder.mkdirs()
        file(delegate).createNewFile()
        entered = delegate
    }

    fun survived(delegate: Delegate) {
        if (entered != delegate) return
        file(delegate).delete()
        entered = null
    }

    private fun file(delegate: Delegate) = File(folder, "crashed-in-${delegate.label}")
}

package org.litedenoise.denoise.internal

import org.litedenoise.denoise.Delegate
import org.litedenoise.denoise.engine.EngineException
import java.io.File
import java.io.IOException

/** How a process came to its end. */
internal enum class ProcessEnding { CRASHED, KILLED, UNKNOWN }

/**
 * Remembers across processes that an accelerator was being opened. A driver that crashes takes the whole
 * process along; the file that it leaves keeps it from being tried again. A process that was killed for
 * other reasons (memory, a swipe) leaves the same file, and is forgiven.
 *
 * @param system names the system with its drivers; what crashed in another one may be tried again.
 * @param process of this process.
 * @param ending tells how the process with this number ended.
 */
internal class CrashRecord(
    private val folder: File,
    private val system: String,
    private val process: Int,
    private val ending: (process: Int) -> ProcessEnding,
) {
    private var entered: Delegate? = null

    /** @throws EngineException its driver crashed, or two processes ended in it and nobody knows how. */
    fun check(delegate: Delegate) {
        val entry = read(delegate) ?: return
        if (entry.process == process) return
        val crashed =
            when (if (entry.system == system) ending(entry.process) else ProcessEnding.KILLED) {
                ProcessEnding.CRASHED -> true
                ProcessEnding.UNKNOWN -> entry.count > 1
                ProcessEnding.KILLED -> false.also { file(delegate).delete() }
            }
        if (crashed) throw EngineException("the app crashed in its driver; it is tried again after the next system update")
    }

    fun entering(delegate: Delegate) {
        if (delegate == Delegate.CPU) return
        val count = (read(delegate)?.count ?: 0) + 1
        folder.mkdirs()
        file(delegate).writeText("$process\n$count\n$system")
        entered = delegate
    }

    fun survived(delegate: Delegate) {
        if (entered != delegate) return
        file(delegate).delete()
        entered = null
    }

    private class Entry(
        val process: Int,
        val count: Int,
        val system: String,
    )

    /** A file that cannot be read tells nothing, and stops nothing. */
    private fun read(delegate: Delegate): Entry? =
        try {
            val (process, count, system) = file(delegate).readText().split("\n", limit = 3)
            Entry(process.toInt(), count.toInt(), system)
        } catch (_: IOException) {
            null
        } catch (_: NumberFormatException) {
            null
        } catch (_: IndexOutOfBoundsException) {
            null
        }

    private fun file(delegate: Delegate) = File(folder, "entered-${delegate.label}")
}

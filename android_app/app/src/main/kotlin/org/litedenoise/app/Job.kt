package org.litedenoise.app

import android.net.Uri
import android.os.SystemClock
import org.litedenoise.denoise.DenoiseTask
import org.litedenoise.denoise.DenoisedPhoto
import org.litedenoise.denoise.Progress
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.Strength

/**
 * One photo, from waiting to saved.
 *
 * @property name as the user knows it.
 * @property savesItself whether it is one of several, which are saved as soon as they are done.
 */
internal class Job(
    val id: Int,
    val source: Uri,
    var name: String,
    val savesItself: Boolean,
) {
    var status: Status = Status.Waiting

    /** Stops the work, where it was started. */
    var task: DenoiseTask? = null

    /** Percent that the sliders show; kept while screens turn. */
    var luma: Int = 100
    var chroma: Int = 100

    val strength: Strength get() = Strength(luma / 100f, chroma / 100f)

    /** The last progress, and what is finished of the upright photo. */
    var progress: Progress? = null
        private set
    val finished = mutableListOf<Box>()
    private var startedMs = 0L

    /** Seconds left at the pace so far, or null if it is too early to tell. */
    val secondsLeft: Long?
        get() {
            val now = progress ?: return null
            if (now.done < 2) return null
            val passedMs = SystemClock.elapsedRealtime() - startedMs
            return passedMs * (now.total - now.done) / now.done / 1000
        }

    fun advance(to: Progress) {
        if (to.finished == null) {
            startedMs = SystemClock.elapsedRealtime()
            finished.clear()
        }
        to.finished?.let { finished += it }
        progress = to
    }
}

internal sealed interface Status {
    data object Waiting : Status

    data class Running(
        val percent: Int,
    ) : Status

    /** [problem] is why it could not be saved. */
    data class Ready(
        val photo: DenoisedPhoto,
        val savedAs: Uri? = null,
        val problem: String? = null,
    ) : Status

    /** Saved and put away. */
    data class Saved(
        val savedAs: Uri,
    ) : Status

    data class Failed(
        val message: String,
    ) : Status

    /** It was stopped, or the process died while it waited or ran. */
    data object Interrupted : Status

    val isActive: Boolean get() = this == Waiting || this is Running
}

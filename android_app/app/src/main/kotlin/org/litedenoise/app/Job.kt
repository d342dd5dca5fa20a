package org.litedenoise.app

import android.net.Uri
import org.litedenoise.denoise.DenoiseTask
import org.litedenoise.denoise.DenoisedPhoto

/**
 * One photo on its way.
 *
 * @property savesItself whether it is one of several, which are saved as soon as they are done.
 */
internal class Job(
    val id: Int,
    val source: Uri,
    val name: String,
    val savesItself: Boolean,
) {
    var status: Status = Status.Waiting

    /** Stops the work, where it was started. */
    var task: DenoiseTask? = null

    /** Percent that the slider shows; kept while screens turn. */
    var strength: Int = 100
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
}

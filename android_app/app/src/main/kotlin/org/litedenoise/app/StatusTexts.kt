package org.litedenoise.app

import android.content.Context

private const val ONE_MINUTE_S = 60

/** The state of a photo, in as many words as a tile has room for. */
internal fun Context.short(job: Job): String =
    when (val status = job.status) {
        Status.Waiting -> getString(R.string.waiting)
        is Status.Running -> progress(job, status)
        is Status.Ready -> getString(if (status.savedAs != null) R.string.saved_short else R.string.done)
        is Status.Saved -> getString(R.string.saved_short)
        is Status.Failed -> getString(R.string.failed_short)
        Status.Interrupted -> getString(R.string.interrupted_short)
    }

/** The same in full. */
internal fun Context.describe(job: Job): String =
    when (val status = job.status) {
        is Status.Ready -> status.problem?.let { getString(R.string.not_saved, it) } ?: headline(job)
        is Status.Failed -> getString(R.string.failed, status.message)
        Status.Interrupted -> getString(R.string.interrupted)
        else -> headline(job)
    }

/** The state of a photo on its own screen, where [problem] has the rest. */
internal fun Context.headline(job: Job): String =
    when (val status = job.status) {
        is Status.Ready ->
            when {
                status.problem != null -> getString(R.string.not_saved_short)
                status.savedAs != null -> getString(R.string.saved)
                else -> getString(R.string.done)
            }
        is Status.Saved -> getString(R.string.saved)
        else -> short(job)
    }

/** What went wrong with a photo, or null. */
internal val Job.problem: String?
    get() =
        when (val status = status) {
            is Status.Ready -> status.problem
            is Status.Failed -> status.message
            else -> null
        }

private fun Context.progress(job: Job, status: Status.Running): String {
    val seconds = job.secondsLeft
    return when {
        seconds == null -> getString(R.string.running, status.percent)
        seconds < ONE_MINUTE_S -> getString(R.string.seconds_left, status.percent, maxOf(seconds, 1))
        else -> getString(R.string.minutes_left, status.percent, seconds / ONE_MINUTE_S)
    }
}

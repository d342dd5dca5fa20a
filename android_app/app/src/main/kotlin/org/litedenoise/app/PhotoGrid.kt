package org.litedenoise.app

import android.app.Activity
import android.view.View
import android.view.ViewGroup
import android.widget.BaseAdapter
import android.widget.ImageView
import android.widget.ProgressBar
import android.widget.TextView

/** Photos as tiles: their picture, name and progress. */
internal class PhotoGrid(
    private val activity: Activity,
    private val studio: Studio,
) : BaseAdapter() {
    override fun getCount() = studio.jobs.size

    override fun getItem(position: Int) = studio.jobs[position]

    override fun getItemId(position: Int) = getItem(position).id.toLong()

    override fun hasStableIds() = true

    override fun getView(position: Int, reused: View?, parent: ViewGroup): View {
        val tile = reused ?: activity.layoutInflater.inflate(R.layout.tile, parent, false)
        val job = getItem(position)
        val status = job.status
        tile.clipToOutline = true
        tile.view<TextView>(R.id.name).text = job.name
        tile.view<TextView>(R.id.state).text = activity.short(job)
        tile.view<ProgressBar>(R.id.bar).apply {
            showIf(status.isActive)
            isIndeterminate = false
            progress = (status as? Status.Running)?.percent ?: 0
        }
        tile.contentDescription = activity.getString(R.string.tile_label, job.name, activity.describe(job))
        showThumbnail(tile.view(R.id.thumbnail), job)
        return tile
    }

    private fun showThumbnail(image: ImageView, job: Job) {
        val photo = (job.status as? Status.Saved)?.savedAs ?: job.source
        image.tag = photo
        val known = studio.thumbnails.of(photo, SIDE_PX)
        image.setImageBitmap(known)
        if (known != null) return
        studio.inBackground({ studio.thumbnails.load(photo, SIDE_PX) }) { loaded ->
            if (image.tag == photo) image.setImageBitmap(loaded)
        }
    }

    private companion object {
        const val SIDE_PX = 512
    }
}

/** The state of a photo, in as many words as a tile has room for. */
private fun Activity.short(job: Job): String =
    when (val status = job.status) {
        is Status.Ready -> getString(if (status.savedAs != null) R.string.saved_short else R.string.done)
        is Status.Saved -> getString(R.string.saved_short)
        is Status.Failed -> getString(R.string.failed_short)
        Status.Interrupted -> getString(R.string.interrupted_short)
        is Status.Running -> progress(job, status)
        Status.Waiting -> getString(R.string.waiting)
    }

/** The same in full. */
internal fun Activity.describe(job: Job): String =
    when (val status = job.status) {
        Status.Waiting -> getString(R.string.waiting)
        is Status.Running -> progress(job, status)
        is Status.Ready ->
            when {
                status.problem != null -> getString(R.string.not_saved, status.problem)
                status.savedAs != null -> getString(R.string.saved)
                else -> getString(R.string.done)
            }
        is Status.Saved -> getString(R.string.saved)
        is Status.Failed -> getString(R.string.failed, status.message)
        Status.Interrupted -> getString(R.string.interrupted)
    }

private fun Activity.progress(job: Job, status: Status.Running): String {
    val seconds = job.secondsLeft
    return when {
        seconds == null -> getString(R.string.running, status.percent)
        seconds < ONE_MINUTE_S -> getString(R.string.seconds_left, status.percent, seconds)
        else -> getString(R.string.minutes_left, status.percent, seconds / ONE_MINUTE_S)
    }
}

private const val ONE_MINUTE_S = 60

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
        tile.view<TextView>(R.id.state).apply {
            text = activity.short(job)
            setTextColor(activity.getColor(if (status is Status.Failed) R.color.error else R.color.canvas_text))
        }
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

package org.litedenoise.app

import android.app.Activity
import android.content.Intent
import android.net.Uri
import android.os.Build
import android.os.Bundle
import android.view.View
import android.widget.Button
import android.widget.ProgressBar
import android.widget.SeekBar
import android.widget.TextView
import org.litedenoise.denoise.Delegate
import org.litedenoise.denoise.DenoisedPhoto
import org.litedenoise.denoise.RunReport
import org.litedenoise.tiling.Box
import java.util.Locale

/** One photo, before and after. Turning the screen loses nothing: the work is the application's. */
class PhotoActivity : Activity() {
    private val studio get() = (application as LiteDenoiseApp).studio
    private val compare by lazy { view<BeforeAfterView>(R.id.compare) }
    private val onChange = { show() }
    private var job: Job? = null
    private var shown: DenoisedPhoto? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.activity_photo)
        val found = studio.find(intent.getIntExtra(JOB, -1))
        if (found == null) { // the process died since
            finish()
            return
        }
        job = found
        title = found.name
        view<Button>(R.id.save).setOnClickListener { studio.save(found) }
        view<Button>(R.id.stop).setOnClickListener { found.task?.cancel() }
        view<Button>(R.id.share).setOnClickListener { share(found) }
        view<SeekBar>(R.id.strength).apply {
            progress = found.strength
            setOnSeekBarChangeListener(Strengths(found))
        }
        compare.onDetailNeeded = ::renderDetail
        showStrength(found.strength)
    }

    override fun onStart() {
        super.onStart()
        studio.listen(onChange)
        show()
    }

    override fun onStop() {
        studio.forget(onChange)
        super.onStop()
    }

    private fun show() {
        val status = job?.status ?: return
        val ready = status as? Status.Ready
        val running = status is Status.Running || status == Status.Waiting
        view<ProgressBar>(R.id.progress).apply {
            visibility = if (running) View.VISIBLE else View.GONE
            progress = (status as? Status.Running)?.percent ?: 0
            // Before Android 11, TalkBack reads the percentage alone.
            if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) stateDescription = describe(status)
        }
        view<View>(R.id.stop).visibility = if (running) View.VISIBLE else View.GONE
        for (id in listOf(R.id.save, R.id.share, R.id.strength)) view<View>(id).isEnabled = ready != null
        val headline = if (ready != null && ready.problem == null && ready.savedAs == null) getString(R.string.done) else describe(status)
        val lines = listOf(headline) + (ready?.let { describe(it.photo.report) + it.photo.notes } ?: emptyList())
        view<TextView>(R.id.status).text = lines.joinToString("\n")
        if (shown === ready?.photo) return
        shown = ready?.photo // a batch closes its photos as soon as they are saved
        shown?.let(::renderWhole)
    }

    private fun describe(report: RunReport): List<String> {
        val ran =
            getString(
                R.string.report,
                report.actual.name,
                report.grid.height,
                report.grid.width,
                report.block,
                report.medianBlockMs,
                report.totalMs / 1000,
            )
        val asExpected = report.requested == report.actual || report.requested == Delegate.AUTO
        return if (asExpected) listOf(ran) else listOf(ran, getString(R.string.why, report.requested.name, report.reason))
    }

    private fun renderWhole(photo: DenoisedPhoto) {
        val sample = maxOf(1, maxOf(photo.size.height, photo.size.width) / PREVIEW_PX)
        val whole = Box(0, 0, photo.size.height, photo.size.width)
        studio.inBackground({ photo.render(whole, sample) }) { compare.setWhole(it, photo.size) }
    }

    private fun renderDetail(box: Box) {
        val photo = shown ?: return
        studio.inBackground({ photo.render(box, 1) }) { compare.setDetail(it, box) }
    }

    private fun showStrength(percent: Int) {
        view<TextView>(R.id.strength_text).text = getString(R.string.strength, percent)
        compare.strength = percent / 100f
    }

    /** Shares the saved photo, and saves it first where it is not. */
    private fun share(job: Job) {
        val saved = (job.status as? Status.Ready)?.savedAs
        val send = { uri: Uri ->
            val intent = Intent(Intent.ACTION_SEND).setType("image/jpeg").putExtra(Intent.EXTRA_STREAM, uri)
            intent.addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION)
            startActivity(Intent.createChooser(intent, null))
        }
        if (saved == null) studio.save(job, send) else send(saved)
    }

    private inner class Strengths(
        private val job: Job,
    ) : SeekBar.OnSeekBarChangeListener {
        override fun onProgressChanged(bar: SeekBar, percent: Int, fromUser: Boolean) {
            job.strength = percent
            showStrength(percent)
        }

        override fun onStartTrackingTouch(bar: SeekBar) = Unit

        override fun onStopTrackingTouch(bar: SeekBar) {
            // Another strength is another photo: what was saved does not show it.
            (job.status as? Status.Ready)?.let { job.status = Status.Ready(it.photo) }
            show()
        }
    }

    companion object {
        internal const val JOB = "job"
        private const val PREVIEW_PX = 2048
    }
}

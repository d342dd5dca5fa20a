package org.litedenoise.app

import android.app.Activity
import android.content.Intent
import android.content.res.Configuration
import android.net.Uri
import android.os.Build
import android.os.Bundle
import android.view.View
import android.widget.ProgressBar
import android.widget.SeekBar
import android.widget.TextView
import org.litedenoise.denoise.BeforeAfter
import org.litedenoise.denoise.DenoisedPhoto
import org.litedenoise.denoise.RunReport
import org.litedenoise.tiling.Box
import kotlin.math.ceil

/** One photo: while it is denoised, and then before and after. Turning the screen loses nothing: the work is the application's. */
class PhotoActivity : Activity() {
    private val studio get() = (application as LiteDenoiseApp).studio
    private val compare by lazy { view<BeforeAfterView>(R.id.compare) }
    private val sheet by lazy { view<Sheet>(R.id.sheet) }
    private val blocks by lazy { view<BlockProgressView>(R.id.blocks) }
    private val onChange = { show() }
    private var job: Job? = null
    private var shown: DenoisedPhoto? = null
    private var whole: PictureRenderer? = null
    private var detail: PictureRenderer? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.activity_photo)
        val wide = resources.configuration.orientation == Configuration.ORIENTATION_LANDSCAPE
        val beside = if (wide) setOf(Side.TOP, Side.RIGHT, Side.BOTTOM) else setOf(Side.LEFT, Side.RIGHT, Side.BOTTOM)
        drawEdgeToEdge(view<View>(R.id.top_bar) to setOf(Side.LEFT, Side.TOP), sheet to beside)
        val found = studio.find(intent.getIntExtra(JOB, -1))
        if (found == null) { // the process died since
            finish()
            return
        }
        job = found
        setUpButtons(found)
        setUpStrength(found)
        compare.onMoved = { seen, zoom -> renderDetail(seen, zoom) }
        showSource(found)
    }

    private fun setUpButtons(job: Job) {
        view<View>(R.id.back).setOnClickListener { finish() }
        view<View>(R.id.info).setOnClickListener { showDetails() }
        view<View>(R.id.remove).setOnClickListener {
            studio.remove(job)
            finish()
        }
        view<View>(R.id.save).setOnClickListener { studio.save(job) }
        view<View>(R.id.share).setOnClickListener { share(job) }
        view<View>(R.id.stop).setOnClickListener { job.task?.cancel() }
        view<View>(R.id.again).setOnClickListener {
            studio.start(job)
            WorkService.start(this)
        }
    }

    /** Unfolds the technical line, or folds it away where it is seen. */
    private fun showDetails() {
        val details = view<View>(R.id.details)
        details.showIf(!details.isShown)
        if (details.visibility == View.VISIBLE) sheet.slideTo(open = true)
    }

    private fun setUpStrength(job: Job) {
        for ((id, percent) in listOf(R.id.strength to job.luma, R.id.colour to job.chroma)) {
            view<SeekBar>(id).apply {
                progress = percent
                setOnSeekBarChangeListener(Strengths(job))
            }
        }
        showStrength(job)
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

    /** The photo itself, at once: something to look at while it is denoised. */
    private fun showSource(job: Job) {
        studio.inBackground({ studio.thumbnails.load(job.source, PREVIEW_PX) }) { picture ->
            blocks.show(picture, job.progress?.photo, job.finished)
        }
    }

    private fun show() {
        val job = job ?: return
        val status = job.status
        val ready = status as? Status.Ready
        view<TextView>(R.id.name).text = job.name
        sheet.slides = ready != null
        view<TextView>(R.id.status).apply {
            text = headline(job)
            setTextColor(getColor(if (job.problem == null) R.color.canvas_text else R.color.error))
        }
        showProblem(job.problem)
        view<ProgressBar>(R.id.progress).apply {
            showIf(status.isActive)
            progress = (status as? Status.Running)?.percent ?: 0
            // Before Android 11, TalkBack reads the percentage alone.
            if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) stateDescription = getString(R.string.running_label, progress)
        }
        view<View>(R.id.stop).showIf(status.isActive)
        view<View>(R.id.again).showIf(status is Status.Failed || status == Status.Interrupted)
        for (id in listOf(R.id.save, R.id.share, R.id.controls, R.id.info)) view<View>(id).showIf(ready != null)
        compare.showIf(ready != null)
        blocks.showIf(ready == null)
        blocks.show(null, job.progress?.photo, job.finished)
        if (ready == null) view<View>(R.id.details).showIf(false)
        if (shown === ready?.photo) return
        shown = ready?.photo // a batch closes its photos as soon as they are saved
        ready?.photo?.let { showResult(job, it) }
    }

    private fun showProblem(problem: String?) {
        val message = view<TextView>(R.id.message)
        message.showIf(problem != null)
        val sentence = problem?.replaceFirstChar(Char::uppercase)
        if (sentence == null || sentence == message.text) return
        message.text = sentence
        sheet.slideTo(open = true)
    }

    private fun showResult(job: Job, photo: DenoisedPhoto) {
        view<TextView>(R.id.details).text = (listOf(describe(photo.report)) + photo.notes).joinToString("\n")
        whole = PictureRenderer(studio, photo) { _, pictures -> compare.setWhole(pictures, photo.size) }
        detail = PictureRenderer(studio, photo) { wanted, pictures -> showDetail(wanted, pictures) }
        renderWhole(job, photo)
    }

    private fun describe(report: RunReport): String =
        getString(
            R.string.report,
            report.actual.name,
            report.grid.height,
            report.grid.width,
            report.block,
            report.medianBlockMs,
            report.totalMs / 1000,
            report.reason,
        )

    private fun renderWhole(job: Job, photo: DenoisedPhoto) {
        val sample = maxOf(1, maxOf(photo.size.height, photo.size.width) / PREVIEW_PX)
        whole?.render(Wanted(Box(0, 0, photo.size.height, photo.size.width), sample, job.strength))
    }

    /** What is seen, with as many pixels as the screen has, where the whole picture has fewer. */
    private fun renderDetail(seen: Box, zoom: Float) {
        val photo = shown ?: return
        val wholeSample = maxOf(1, maxOf(photo.size.height, photo.size.width) / PREVIEW_PX)
        val sample = maxOf(1, ceil(1 / zoom - SLACK).toInt())
        if (sample < wholeSample && seen.size.area > 0) detail?.render(Wanted(seen, sample, job?.strength ?: return))
    }

    private fun showDetail(wanted: Wanted, pictures: BeforeAfter) = compare.setDetail(pictures, wanted.box)

    private fun showStrength(job: Job) {
        view<TextView>(R.id.strength_text).text = labelled(R.string.strength, job.luma)
        view<TextView>(R.id.colour_text).text = labelled(R.string.colour, job.chroma)
        // One strength is shown by opacity, which computes nothing; two are rendered.
        compare.strength = if (job.luma == job.chroma) job.luma / 100f else 1f
    }

    private fun labelled(label: Int, percent: Int) = "${getString(label)}  ${getString(R.string.percent, percent)}"

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
            val tied = job.luma == job.chroma
            if (bar.id == R.id.strength) job.luma = percent else job.chroma = percent
            // Both move together until the user moves one alone.
            if (bar.id == R.id.strength && tied) view<SeekBar>(R.id.colour).progress = percent
            showStrength(job)
            shown?.let { renderWhole(job, it) }
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
        private const val SLACK = 1e-3f
    }
}

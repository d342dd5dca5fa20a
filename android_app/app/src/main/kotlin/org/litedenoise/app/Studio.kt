package org.litedenoise.app

import android.content.Context
import android.net.Uri
import android.os.Handler
import android.os.Looper
import android.provider.OpenableColumns
import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.DenoiseResult
import org.litedenoise.denoise.Denoiser
import org.litedenoise.denoise.PhotoInput
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors

/**
 * All photos of this run, in the order in which they came. To be used on the main thread; whatever
 * touches files happens on others.
 */
internal class Studio(
    private val context: Context,
    private val denoiser: Denoiser,
) {
    private val main = Handler(Looper.getMainLooper())
    private val listeners = linkedSetOf<() -> Unit>()
    private val unfinished = UnfinishedList(context)
    private val saver = PhotoSaver(context.contentResolver)
    val files: ExecutorService = Executors.newSingleThreadExecutor { Thread(it, "files") }
    private var lastId = 0
    val thumbnails = Thumbnails(context.contentResolver)

    /** The newest first. */
    val jobs = mutableListOf<Job>()

    val active: List<Job> get() = jobs.filter { it.status.isActive }.reversed()

    init {
        inBackground({ unfinished.read() to saver.recent() }) { (left, recent) ->
            recent.reversed().forEach { (saved, name) -> job(saved, name, savesItself = true).status = Status.Saved(saved) }
            left.forEach { (source, name) -> job(source, name, savesItself = true).status = Status.Interrupted }
            changed()
        }
    }

    fun add(source: Uri, savesItself: Boolean): Job {
        val job = job(source, source.lastPathSegment ?: "photo", savesItself)
        inBackground({ displayName(source) }) { name ->
            if (name != null) job.name = name
            changed()
        }
        start(job)
        return job
    }

    fun find(id: Int): Job? = jobs.firstOrNull { it.id == id }

    /** Starts a photo, also again after it was interrupted or failed. */
    fun start(job: Job) {
        set(job, Status.Waiting)
        job.task =
            denoiser.denoise(
                PhotoInput.FromUri(job.source),
                onProgress = {
                    job.advance(it)
                    set(job, Status.Running(it.percent))
                },
                onResult = { result -> finished(job, result) },
            )
    }

    /** Takes a photo off the list; its own files go with it, and what was saved stays. */
    fun remove(job: Job) {
        job.task?.cancel()
        (job.status as? Status.Ready)?.photo?.let { files.execute { it.close() } }
        job.status = Status.Interrupted
        jobs -= job
        changed()
    }

    fun cancelAll() = active.forEach { it.task?.cancel() }

    fun save(job: Job, whenDone: (Uri) -> Unit = {}) {
        val photo = (job.status as? Status.Ready)?.photo ?: return
        val strength = job.strength
        val save = { saver.save(photo, job.name, strength) }
        inBackground({ attempt(save) }) { (saved, problem) ->
            if (job.savesItself) files.execute { photo.close() }
            set(
                job,
                when {
                    !job.savesItself -> Status.Ready(photo, saved, problem)
                    saved != null -> Status.Saved(saved)
                    else -> Status.Failed(problem.orEmpty())
                },
            )
            saved?.let(whenDone)
        }
    }

    /** Makes room in the collection for a photo of the camera; null where there is none. */
    fun newPhoto(whenDone: (Uri?) -> Unit) {
        val name = "LiteDenoise-${System.currentTimeMillis()}.jpg"
        inBackground({ attempt { saver.newPhoto(name, hidden = false) } }) { (entry, _) -> whenDone(entry) }
    }

    /** Takes back [newPhoto]. */
    fun discard(entry: Uri) = files.execute { saver.discard(entry) }

    private fun attempt(work: () -> Uri): Pair<Uri?, String?> =
        try {
            work() to null
        } catch (error: DenoiseException) {
            null to error.message
        }

    fun listen(listener: () -> Unit) {
        listeners += listener
    }

    fun forget(listener: () -> Unit) {
        listeners -= listener
    }

    /** Runs [work] on the files' thread and [whenDone] with its result on the main thread. */
    fun <T> inBackground(work: () -> T, whenDone: (T) -> Unit) {
        files.execute {
            val result = work()
            main.post { whenDone(result) }
        }
    }

    private fun finished(job: Job, result: DenoiseResult) {
        if (job !in jobs) { // removed meanwhile
            (result as? DenoiseResult.Success)?.photo?.let { files.execute { it.close() } }
            return
        }
        when (result) {
            is DenoiseResult.Success -> {
                set(job, Status.Ready(result.photo))
                if (job.savesItself) save(job)
            }
            is DenoiseResult.Failure -> set(job, Status.Failed(result.message))
            DenoiseResult.Cancelled -> set(job, Status.Interrupted)
        }
    }

    private fun job(source: Uri, name: String, savesItself: Boolean) =
        Job(lastId++, source, name, savesItself).also { jobs.add(0, it) }

    private fun set(job: Job, status: Status) {
        job.status = status
        changed()
    }

    private fun changed() {
        val open = jobs.reversed().filter { !it.isFinished }.map { it.source to it.name }
        files.execute { unfinished.write(open) }
        listeners.toList().forEach { it() }
    }

    private val Job.isFinished: Boolean
        get() = status is Status.Saved || status is Status.Failed || (status is Status.Ready && !savesItself)

    private fun displayName(source: Uri): String? =
        try {
            context.contentResolver
                .query(source, arrayOf(OpenableColumns.DISPLAY_NAME), null, null, null)
                ?.use { if (it.moveToFirst()) it.getString(0) else null }
        } catch (_: SecurityException) {
            null
        }
}

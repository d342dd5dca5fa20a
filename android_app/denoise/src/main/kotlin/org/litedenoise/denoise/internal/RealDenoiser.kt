package org.litedenoise.denoise.internal

import android.content.Context
import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.DenoiseResult
import org.litedenoise.denoise.DenoiseTask
import org.litedenoise.denoise.Denoiser
import org.litedenoise.denoise.DenoiserOptions
import org.litedenoise.denoise.FailureKind
import org.litedenoise.denoise.PhotoInput
import org.litedenoise.denoise.Progress
import org.litedenoise.denoise.RunReport
import org.litedenoise.denoise.engine.BlockEngineFactory
import org.litedenoise.tiling.BlockPlan
import org.litedenoise.tiling.Size
import java.io.File
import java.io.IOException
import java.io.InputStream
import java.util.concurrent.ExecutionException
import java.util.concurrent.Executor
import java.util.concurrent.Executors
import java.util.concurrent.atomic.AtomicBoolean

/** Photos take turns on one thread, which also is the only one that GPU drivers ever see. */
internal class RealDenoiser(
    private val context: Context,
    openAsset: (String) -> InputStream,
    private val options: DenoiserOptions,
    private val callbacks: Executor,
    private val engines: List<BlockEngineFactory>,
) : Denoiser {
    private val cache by lazy { WorkFolder.of(context) }
    private val opener by lazy { PhotoOpener(context, cache.work) }
    private val worker = Executors.newSingleThreadExecutor { Thread(it, "litedenoise") }
    private val model by lazy { Model.load(options.precision, chipName(), openAsset) }
    private var choice: EngineChoice? = null
    private var opened: Opened? = null

    override fun denoise(
        photo: PhotoInput,
        onProgress: (Progress) -> Unit,
        onResult: (DenoiseResult) -> Unit,
    ): DenoiseTask {
        val cancelled = AtomicBoolean()
        worker.execute {
            val result = run(photo, { progress -> callbacks.execute { onProgress(progress) } }, cancelled::get)
            callbacks.execute { onResult(result) }
        }
        return DenoiseTask { cancelled.set(true) }
    }

    override fun denoiseBlocking(
        photo: PhotoInput,
        onProgress: (Progress) -> Unit,
        isCancelled: () -> Boolean,
    ): DenoiseResult {
        requireWorkerThread()
        try {
            return worker.submit<DenoiseResult> { run(photo, onProgress, isCancelled) }.get()
        } catch (error: ExecutionException) {
            throw error.cause ?: error
        }
    }

    override fun close() {
        if (worker.isShutdown) return
        worker.execute { closeEngine() }
        worker.shutdown()
    }

    private fun run(photo: PhotoInput, onProgress: (Progress) -> Unit, isCancelled: () -> Boolean): DenoiseResult =
        try {
            if (isCancelled()) DenoiseResult.Cancelled else opener.open(photo).use { run(it, onProgress, isCancelled) }
        } catch (error: DenoiseException) {
            DenoiseResult.Failure(error.kind, error.message.orEmpty())
        } catch (error: IOException) {
            DenoiseResult.Failure(FailureKind.STORAGE, "cannot keep the result: ${error.message}; free some storage")
        } catch (error: OutOfMemoryError) {
            closeEngine()
            DenoiseResult.Failure(FailureKind.MEMORY, "memory ran out (${error.message}); take a smaller maxMemoryMb")
        }

    private fun run(photo: OpenPhoto, onProgress: (Progress) -> Unit, isCancelled: () -> Boolean): DenoiseResult {
        var isKept = false
        try {
            while (true) {
                val current = choice ?: chooseEngines(context, options, engines, model).also { choice = it }
                try {
                    return run(photo, current, onProgress, isCancelled).also { isKept = it is DenoiseResult.Success }
                } catch (error: DenoiseException) {
                    if (error.kind != FailureKind.DELEGATE) throw error
                    closeEngine()
                    // Where engines for other blocks are left, the photo starts anew.
                    choice = current.afterLeading(error.message.orEmpty())
                    if (choice == null) throw error
                }
            }
        } finally {
            if (!isKept) photo.followers.close()
        }
    }

    private fun run(
        photo: OpenPhoto,
        choice: EngineChoice,
        onProgress: (Progress) -> Unit,
        isCancelled: () -> Boolean,
    ): DenoiseResult {
        var before: RawPixels? = null
        var after: RawPixels? = null
        var stored: StoredPhoto? = null
        try {
            val plan = plan(photo, choice.blocks)
            before = RawPixels.create(cache.work, "before", plan.photo)
            after = RawPixels.create(cache.work, "after", plan.photo)
            val (engine, pipeline, openMs) = opened(plan.block, choice.leading)
            val started = System.nanoTime()
            val times =
                pipeline.run(photo.pixels, plan, engine, before, after, { onProgress(it.upright(photo)) }, isCancelled)
                    ?: return DenoiseResult.Cancelled
            val totalMs = (System.nanoTime() - started) / NANOS_IN_MS
            val report = report(engine, plan, openMs, totalMs, times)
            stored = StoredPhoto(before, after, photo, report)
            return DenoiseResult.Success(stored)
        } finally {
            if (stored == null) {
                before?.close()
                after?.close()
            }
        }
    }

    private fun plan(photo: OpenPhoto, fixed: List<Size>): BlockPlan {
        val size = photo.pixels.size
        if (fixed.isNotEmpty()) return planFixedBlocks(size, model.sidecar.haloPx, fixed)
        return planBlocks(size, model, options.maxMemoryMb, photo.bandBytesPerPx)
    }

    private fun opened(block: Size, choice: EngineChoice): Opened {
        opened?.let { if (it.block == block) return it }
        closeEngine() // first, as both together might not fit the budget
        val started = System.nanoTime()
        val engineModel = model.forEngine(block, cache.programs, options.threads)
        val engine = EngineSelection.open(context, options.delegate, choice, engineModel)
        val openMs = (System.nanoTime() - started) / NANOS_IN_MS
        val pipeline = Pipeline(block, Tensors(model.sidecar.quantized), model.tensorBytes(block))
        return Opened(engine, pipeline, openMs, block).also { opened = it }
    }

    private fun closeEngine() {
        opened?.engine?.close()
        opened = null
    }

    private fun report(engine: EngineSelection, plan: BlockPlan, openMs: Double, totalMs: Double, times: List<Double>) =
        RunReport(
            requested = options.delegate,
            actual = engine.actual,
            reason = engine.reason,
            acceleratedOperators = engine.acceleratedOperators,
            totalOperators = model.totalOperators,
            precision = options.precision,
            modelSha256 = model.sidecar.sha256,
            block = plan.block,
            grid = plan.grid,
            haloPx = plan.haloPx,
            threads = options.threads,
            openMs = openMs,
            totalMs = totalMs,
            blockMs = times,
        )

    private fun Progress.upright(photo: OpenPhoto) =
        Progress(done, total, photo.orientation.upright(this.photo), finished?.let { photo.orientation.upright(it, this.photo) })

    private data class Opened(
        val engine: EngineSelection,
        val pipeline: Pipeline,
        val openMs: Double,
        val block: Size,
    )
}

/** Where the library keeps files; all of them may be deleted at any time but while a photo is open. */
internal class WorkFolder private constructor(
    val root: File,
) {
    /** Pixels of photos that are open. */
    val work = File(root, "work")

    /** Compiled programs of delegates. */
    val programs = File(root, "programs").apply { mkdirs() }

    companion object {
        private val cleared = AtomicBoolean()

        /** The first call of a process removes what a process that died has left. */
        fun of(context: Context): WorkFolder {
            val folder = WorkFolder(File(context.cacheDir, "litedenoise"))
            if (cleared.compareAndSet(false, true)) folder.work.deleteRecursively()
            return folder
        }
    }
}

package org.litedenoise.denoise.internal

import android.content.Context
import org.litedenoise.denoise.Delegate
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
import org.litedenoise.denoise.internal.rows.RowsEngine
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
        var before: RawPixels? = null
        var after: RawPixels? = null
        var stored: StoredPhoto? = null
        try {
            before = RawPixels.create(cache.work, "before", photo.pixels.size)
            after = RawPixels.create(cache.work, "after", photo.pixels.size)
            val (engines, openMs) = opened(photo)
            val started = System.nanoTime()
            val times =
                engines.run { engine ->
                    engine.run(photo.pixels, before, after, { tell(it, photo, engines, onProgress) }, isCancelled)
                } ?: return DenoiseResult.Cancelled
            choice = engines.remaining
            val totalMs = (System.nanoTime() - started) / NANOS_IN_MS
            val report = report(engines, openMs, totalMs, times)
            stored = StoredPhoto(before, after, photo, report)
            return DenoiseResult.Success(stored)
        } finally {
            if (stored == null) {
                before?.close()
                after?.close()
                photo.followers.close()
            }
        }
    }

    private fun tell(
        progress: Progress,
        photo: OpenPhoto,
        engines: EngineSelection<PhotoEngine>,
        onProgress: (Progress) -> Unit,
    ) {
        if (progress.done == 1) engines.survived()
        onProgress(progress.upright(photo))
    }

    private fun opened(photo: OpenPhoto): Opened {
        opened?.let { if (it.photo == photo.pixels.size && it.bandBytesPerPx == photo.bandBytesPerPx) return it }
        closeEngine() // first, as both together might not fit the budget
        val started = System.nanoTime()
        val best = choice ?: chooseEngines(context, options, engines, model)
        val engines =
            EngineSelection.open(context, options.delegate, best) { factory ->
                if (factory.delegate == Delegate.CPU) rowsEngine(factory, photo) else blocksEngine(factory, photo)
            }
        val openMs = (System.nanoTime() - started) / NANOS_IN_MS
        return Opened(engines, openMs, photo.pixels.size, photo.bandBytesPerPx).also { opened = it }
    }

    private fun blocksEngine(factory: BlockEngineFactory, photo: OpenPhoto): PhotoEngine {
        val size = photo.pixels.size
        val plan =
            if (factory.blocks.isNotEmpty()) {
                planFixedBlocks(size, model.sidecar.haloPx, factory.blocks)
            } else {
                planBlocks(size, model, options.maxMemoryMb, photo.bandBytesPerPx)
            }
        val engine = factory.open(model.forEngine(plan.block, cache.programs, options.threads))
        return BlocksEngine(plan, engine, Tensors(model.sidecar.quantized), model.tensorBytes(plan.block))
    }

    private fun rowsEngine(factory: BlockEngineFactory, photo: OpenPhoto): PhotoEngine {
        val workers = RowsEngine.workers(options.threads)
        val plan = planRows(photo.pixels.size, model, options.maxMemoryMb, photo.bandBytesPerPx, workers)
        return RowsEngine.open(model, plan, factory, cache.programs, options.threads)
    }

    private fun closeEngine() {
        opened?.engines?.close()
        opened = null
    }

    private fun report(engines: EngineSelection<PhotoEngine>, openMs: Double, totalMs: Double, times: List<Double>) =
        RunReport(
            requested = options.delegate,
            actual = engines.actual,
            reason = engines.reason,
            acceleratedOperators = engines.engine.acceleratedOperators,
            totalOperators = model.totalOperators,
            precision = options.precision,
            modelSha256 = model.sidecar.sha256,
            block = engines.engine.block,
            grid = engines.engine.grid,
            haloPx = engines.engine.haloPx,
            threads = options.threads,
            openMs = openMs,
            totalMs = totalMs,
            blockMs = times,
        )

    private fun Progress.upright(photo: OpenPhoto) =
        Progress(done, total, photo.orientation.upright(this.photo), finished?.let { photo.orientation.upright(it, this.photo) })

    private data class Opened(
        val engines: EngineSelection<PhotoEngine>,
        val openMs: Double,
        val photo: Size,
        val bandBytesPerPx: Int,
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

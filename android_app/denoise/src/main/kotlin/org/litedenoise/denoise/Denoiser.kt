package org.litedenoise.denoise

import android.content.Context
import android.os.Handler
import android.os.Looper
import org.litedenoise.denoise.engine.BlockEngineFactory
import org.litedenoise.denoise.engine.flavourEngines
import org.litedenoise.denoise.internal.RealDenoiser
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.Size
import java.io.Closeable
import java.util.concurrent.Executor
import java.util.function.Consumer

/**
 * Denoises photos of any size, one after the other, on a thread of its own.
 *
 * ```
 * val denoiser = Denoiser.create(context)
 * val task = denoiser.denoise(PhotoInput.FromUri(uri), onProgress = { bar.progress = it.percent }) { result ->
 *     when (result) {
 *         is DenoiseResult.Success -> show(result.photo)
 *         is DenoiseResult.Failure -> explain(result.message)
 *         DenoiseResult.Cancelled -> Unit
 *     }
 * }
 * ```
 * In a coroutine, `denoise-coroutines` has a function that suspends.
 */
public interface Denoiser : Closeable {
    /**
     * Denoises [photo] after the photos that were given before it.
     *
     * @param onProgress called before the first block and after every one.
     * @param onResult called once, also after a failure or [DenoiseTask.cancel].
     */
    public fun denoise(
        photo: PhotoInput,
        onProgress: (Progress) -> Unit = {},
        onResult: (DenoiseResult) -> Unit,
    ): DenoiseTask

    /** The same for Java. */
    public fun denoise(photo: PhotoInput, onProgress: Consumer<Progress>, onResult: Consumer<DenoiseResult>): DenoiseTask =
        denoise(photo, { onProgress.accept(it) }, { result -> onResult.accept(result) })

    /** The same on the calling thread, which must not be the main one; [isCancelled] is asked between blocks. */
    public fun denoiseBlocking(
        photo: PhotoInput,
        onProgress: (Progress) -> Unit = {},
        isCancelled: () -> Boolean = { false },
    ): DenoiseResult

    /** The same without progress, to the end. */
    public fun denoiseBlocking(photo: PhotoInput): DenoiseResult = denoiseBlocking(photo, {}, { false })

    /** Lets the current photo finish, and frees the network's memory. The denoiser cannot be used again. */
    override fun close()

    /** Makes denoisers. */
    public companion object {
        /**
         * Opens nothing yet, and may be called on the main thread.
         *
         * @param callbacks where [denoise] calls back; the main thread unless another is given.
         * @param engines what to choose from, the fastest first; the CPU must be among them.
         */
        @JvmStatic
        @JvmOverloads
        public fun create(
            context: Context,
            options: DenoiserOptions = DenoiserOptions.Builder().build(),
            callbacks: Executor = MainThread,
            engines: List<BlockEngineFactory> = flavourEngines(context),
        ): Denoiser {
            val application = context.applicationContext
            return RealDenoiser(application, application.assets::open, options, callbacks, engines)
        }
    }
}

/**
 * How far a photo has got.
 *
 * @property done blocks that are finished, of [total].
 * @property total blocks of the photo, at least 1.
 * @property photo height and width as shown, upright.
 * @property finished the part of the upright photo that the last block has finished, or null before any.
 */
public class Progress(
    public val done: Int,
    public val total: Int,
    public val photo: Size,
    public val finished: Box?,
) {
    /** [done] of [total], 0 to 100. */
    public val percent: Int get() = 100 * done / total
}

/** A photo that is waiting or being denoised. */
public fun interface DenoiseTask {
    /** Stops after the current block. Does nothing once the photo is finished. */
    public fun cancel()
}

private object MainThread : Executor {
    override fun execute(command: Runnable) {
        Handler(Looper.getMainLooper()).post(command)
    }
}

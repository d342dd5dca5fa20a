package org.litedenoise.denoise.internal

import org.litedenoise.denoise.Progress
import org.litedenoise.tiling.PixelSink
import org.litedenoise.tiling.PixelSource
import org.litedenoise.tiling.Size
import java.io.Closeable

/** Pixels that are kept: what was written is read. */
internal interface PixelStore :
    PixelSource,
    PixelSink

/** A network opened on one processor for photos of one size. Used by one thread at a time. */
internal interface PhotoEngine : Closeable {
    /** The most that is computed between two progress reports. */
    val block: Size

    /** How many of these there are, down (height) and across (width). */
    val grid: Size

    /** Context around a block that is computed as well. */
    val haloPx: Int

    /** See [org.litedenoise.denoise.engine.BlockEngine.acceleratedOperators]. */
    val acceleratedOperators: Int?

    /**
     * Denoises a photo.
     *
     * @param before, after where the photo's own pixels and the denoised ones go.
     * @return time of each block in milliseconds, or null where [isCancelled] said so.
     * @throws org.litedenoise.denoise.engine.EngineException the processor failed.
     */
    fun run(
        photo: PixelSource,
        before: PixelStore,
        after: PixelSink,
        onProgress: (Progress) -> Unit,
        isCancelled: () -> Boolean,
    ): List<Double>?
}

package org.litedenoise.denoise.internal

import org.litedenoise.denoise.Progress
import org.litedenoise.tiling.BlockPlan
import org.litedenoise.tiling.BlockReader
import org.litedenoise.tiling.CHANNELS
import org.litedenoise.tiling.PixelSink
import org.litedenoise.tiling.PixelSource
import org.litedenoise.tiling.Size
import java.nio.ByteBuffer
import java.nio.ByteOrder

/** Runs blocks of one size; its buffers are allocated once, for all photos with that size. */
internal class Pipeline(
    private val block: Size,
    private val tensors: Tensors,
    tensorBytes: Int,
) {
    private val pixels = ByteArray(Math.toIntExact(block.area * CHANNELS))
    private val denoised = ByteArray(pixels.size)
    private val input = tensor(tensorBytes)
    private val output = tensor(tensorBytes)

    /**
     * Denoises a photo, block by block.
     *
     * @param before, after where the photo's own pixels and the denoised ones go.
     * @return time of each inference in milliseconds, or null where [isCancelled] said so.
     */
    fun run(
        photo: PixelSource,
        plan: BlockPlan,
        engine: EngineSelection,
        before: PixelSink,
        after: PixelSink,
        onProgress: (Progress) -> Unit,
        isCancelled: () -> Boolean,
    ): List<Double>? {
        val reader = BlockReader(photo, plan)
        val times = ArrayList<Double>(plan.blocks.size)
        onProgress(Progress(0, plan.blocks.size, plan.photo, null))
        for (each in plan.blocks) {
            if (isCancelled()) return null
            reader.read(each, pixels)
            tensors.write(pixels, input)
            val started = System.nanoTime()
            engine.run(input, output)
            times += (System.nanoTime() - started) / NANOS_IN_MS
            tensors.read(output, denoised)
            before.write(each.own, pixels, each.kept, block.width)
            after.write(each.own, denoised, each.kept, block.width)
            onProgress(Progress(times.size, plan.blocks.size, plan.photo, each.own))
        }
        return times
    }

    private fun tensor(bytes: Int) = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder())
}

internal const val NANOS_IN_MS = 1e6

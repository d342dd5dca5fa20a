package org.litedenoise.denoise.internal

import org.litedenoise.denoise.Progress
import org.litedenoise.denoise.engine.BlockEngine
import org.litedenoise.tiling.BlockPlan
import org.litedenoise.tiling.BlockReader
import org.litedenoise.tiling.CHANNELS
import org.litedenoise.tiling.PixelSink
import org.litedenoise.tiling.PixelSource
import org.litedenoise.tiling.Size
import java.nio.ByteBuffer
import java.nio.ByteOrder

/** Runs the whole network on one block after the other; its buffers are allocated once. */
internal class BlocksEngine(
    private val plan: BlockPlan,
    private val engine: BlockEngine,
    private val tensors: Tensors,
    tensorBytes: Int,
) : PhotoEngine {
    override val block: Size get() = plan.block
    override val grid: Size get() = plan.grid
    override val haloPx: Int get() = plan.haloPx
    override val acceleratedOperators: Int? get() = engine.acceleratedOperators

    private val pixels = ByteArray(Math.toIntExact(plan.block.area * CHANNELS))
    private val denoised = ByteArray(pixels.size)
    private val input = tensor(tensorBytes)
    private val output = tensor(tensorBytes)

    override fun run(
        photo: PixelSource,
        before: PixelStore,
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
            engine.run(listOf(input), output)
            times += (System.nanoTime() - started) / NANOS_IN_MS
            tensors.read(output, denoised)
            before.write(each.own, pixels, each.kept, block.width)
            after.write(each.own, denoised, each.kept, block.width)
            onProgress(Progress(times.size, plan.blocks.size, plan.photo, each.own))
        }
        return times
    }

    override fun close(): Unit = engine.close()

    private fun tensor(bytes: Int) = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder())
}

internal const val NANOS_IN_MS = 1e6

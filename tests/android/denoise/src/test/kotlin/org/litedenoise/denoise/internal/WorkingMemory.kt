package org.litedenoise.denoise.internal

import org.litedenoise.denoise.Precision
import org.litedenoise.denoise.internal.rows.RowsEngine
import org.litedenoise.testing.JvmEngines
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.CHANNELS
import org.litedenoise.tiling.PixelSource
import org.litedenoise.tiling.Size
import java.io.File

/**
 * Runs the network on the first blocks of a photo in a process of its own, and prints what that took beyond
 * what the process had before it, in MB (10^6 bytes). From the second block on nothing is added: network,
 * buffers and a band of the photo are there. The photo is noise that is made as it is read.
 *
 * Arguments: height, width, budget in MB, how many blocks, and the precision. In INT8 the JVM's kernels hold more
 * than those of a phone.
 */
internal object WorkingMemory {
    private const val THREADS = 2

    @JvmStatic
    fun main(arguments: Array<String>) {
        val (height, width, maxMemoryMb, blocks) = arguments.take(4).map(String::toInt)
        val folder = java.nio.file.Files.createTempDirectory("working-memory").toFile()
        try {
            run(Size(height, width), Precision.valueOf(arguments[4]), maxMemoryMb, blocks, folder)
        } finally {
            folder.deleteRecursively()
        }
    }

    private fun run(size: Size, precision: Precision, maxMemoryMb: Int, blocks: Int, folder: File) {
        val beforeMb = PhotoMemory.residentMb()
        val model = releasedModel(precision)
        val plan = planRows(size, model, maxMemoryMb, Int.SIZE_BYTES, RowsEngine.workers(THREADS))
        var done = 0
        RawPixels.create(folder, "before", size).use { before ->
            RawPixels.create(folder, "after", size).use { after ->
                RowsEngine.open(model, plan, JvmEngines, folder, THREADS).use { engine ->
                    engine.run(NoiseBands(size), before, after, { done = it.done }, { done == blocks })
                }
            }
        }
        println("$done of ${plan.grid.area} blocks of ${plan.block}: ${PhotoMemory.peakMb() - beforeMb} MB")
    }

    /** Bands of rows in memory as [RegionPixels] keeps them: four bytes for each pixel. */
    private class NoiseBands(
        override val size: Size,
    ) : PixelSource {
        private var band = IntArray(0)
        private var colors = IntArray(0)

        override fun read(box: Box, into: ByteArray) {
            val bandPx = box.size.height * size.width
            if (band.size < bandPx) band = IntArray(bandPx) { it * NOISE }
            if (colors.size < box.size.area) colors = IntArray(box.size.area.toInt())
            for (row in 0 until box.size.height) {
                val start = row * size.width + box.left
                band.copyInto(colors, row * box.size.width, start, start + box.size.width)
            }
            check(into.size >= CHANNELS * box.size.area)
            dropAlpha(colors, box.size.width, Box(0, 0, box.size.height, box.size.width), into)
        }
    }

    /** Any odd number: its multiples are spread over all colours. */
    private const val NOISE = 1_103_515_245
}

package org.litedenoise.denoise.internal

import org.litedenoise.denoise.Delegate
import org.litedenoise.denoise.Precision
import org.litedenoise.denoise.engine.BlockEngine
import org.litedenoise.denoise.engine.BlockEngineFactory
import org.litedenoise.denoise.engine.EngineModel
import org.litedenoise.denoise.internal.rows.RowsEngine
import org.litedenoise.testing.JvmEngines
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.CHANNELS
import org.litedenoise.tiling.PixelSource
import org.litedenoise.tiling.Size
import org.litedenoise.tiling.Strength
import java.awt.Rectangle
import java.awt.image.BufferedImage
import java.io.Closeable
import java.io.File
import java.nio.ByteBuffer
import java.util.Random
import javax.imageio.ImageIO
import javax.imageio.stream.FileImageInputStream

/**
 * Takes a photo from JPEG to JPEG in a process of its own, without Android, and prints its size and the
 * process's resident memory in MB (10^6 bytes). What it runs is the library's own but for the decoder,
 * which is Java's here, in the same bands of rows.
 *
 * Arguments: height, width, budget in MB, how many tiles of each stage the network computes, and the precision.
 * The network has all its memory from its first tile on; the rest is left as it is, as the whole photo would take
 * half an hour. Measure in FP32: in INT8 the JVM's kernels hold more than those of a phone.
 */
internal object PhotoMemory {
    private const val THREADS = 2

    @JvmStatic
    fun main(arguments: Array<String>) {
        val (height, width, maxMemoryMb, tilesInferred) = arguments.take(4).map(String::toInt)
        val model = releasedModel(Precision.valueOf(arguments[4]))
        val folder = java.nio.file.Files.createTempDirectory("photo-memory").toFile()
        try {
            denoise(Size(height, width), model, maxMemoryMb, FirstTiles(tilesInferred), folder)
        } finally {
            folder.deleteRecursively()
        }
        println("$height x $width: ${peakMb()} MB at most")
    }

    private fun denoise(size: Size, model: Model, maxMemoryMb: Int, engines: BlockEngineFactory, folder: File) {
        val file = File(folder, "noisy.jpg").also { writeNoise(size, it) }
        val plan = planRows(size, model, maxMemoryMb, Int.SIZE_BYTES, RowsEngine.workers(THREADS))
        println("${plan.grid} blocks of ${plan.block}; ${residentMb()} MB before the network is opened")
        RawPixels.create(folder, "before", size).use { before ->
            RawPixels.create(folder, "after", size).use { after ->
                RowsEngine.open(model, plan, engines, folder, THREADS).use { engine ->
                    JpegBands(file).use { photo -> checkNotNull(engine.run(photo, before, after, {}, { false })) }
                    println("${peakMb()} MB at most until the last block")
                }
                File(folder, "denoised.jpg").outputStream().buffered().use {
                    saveJpeg(before, after, Strength(0.5f), JpegMetadata.NONE, it)
                }
            }
        }
    }

    private fun writeNoise(size: Size, file: File) {
        val rows = ByteArray(8 * size.width * CHANNELS)
        val random = Random(1)
        file.outputStream().buffered().use { output ->
            val encoder = JpegEncoder(size, output, Quantization.ofQuality(95), JpegMetadata.NONE)
            for (top in 0 until size.height step 8) {
                random.nextBytes(rows)
                for (index in rows.indices) rows[index] = (100 + rows[index] / 8).toByte()
                encoder.write(rows, minOf(8, size.height - top))
            }
            encoder.finish()
        }
    }

    fun peakMb() = processMb("VmHWM:")

    fun residentMb() = processMb("VmRSS:")

    private fun processMb(key: String): Long {
        val line = File("/proc/self/status").readLines().first { it.startsWith(key) }
        return line.filter(Char::isDigit).toLong() * 1024 / 1_000_000
    }

    /** The stages on their first tiles; they stay open, and leave the others' output as it was. */
    private class FirstTiles(
        private val count: Int,
    ) : BlockEngineFactory {
        override val delegate = Delegate.CPU

        override fun open(model: EngineModel): BlockEngine {
            val network = if (count > 0) JvmEngines.open(model) else null
            return object : BlockEngine {
                private var done = 0
                override val acceleratedOperators: Int? = null

                override fun run(inputs: List<ByteBuffer>, output: ByteBuffer) {
                    if (done++ < count) network?.run(inputs, output)
                }

                override fun close() {
                    network?.close()
                }
            }
        }
    }

    /** A file, decoded as RegionPixels does, into bands of four bytes for each pixel. */
    private class JpegBands(
        file: File,
    ) : PixelSource,
        Closeable {
        private val stream = FileImageInputStream(file)
        private val reader = ImageIO.getImageReaders(stream).next().apply { setInput(stream, false, true) }
        override val size = Size(reader.getHeight(0), reader.getWidth(0))
        private var band: BufferedImage? = null
        private var colors = IntArray(0)
        private var bandTop = 0
        private var bandBottom = 0

        override fun read(box: Box, into: ByteArray) {
            if (box.top < bandTop || box.bottom > bandBottom) decodeBand(box.top, box.bottom)
            val height = box.size.height
            val width = box.size.width
            if (colors.size < box.size.area) colors = IntArray(box.size.area.toInt())
            checkNotNull(band).getRGB(box.left, box.top - bandTop, width, height, colors, 0, width)
            dropAlpha(colors, width, Box(0, 0, height, width), into)
        }

        private fun decodeBand(top: Int, bottom: Int) {
            band = null
            val parameters = reader.defaultReadParam.apply { sourceRegion = Rectangle(0, top, size.width, bottom - top) }
            parameters.destination = BufferedImage(size.width, bottom - top, BufferedImage.TYPE_INT_RGB)
            band = reader.read(0, parameters)
            bandTop = top
            bandBottom = bottom
        }

        override fun close() {
            reader.dispose()
            stream.close()
        }
    }
}

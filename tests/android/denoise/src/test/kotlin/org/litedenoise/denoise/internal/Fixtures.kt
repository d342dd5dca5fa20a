package org.litedenoise.denoise.internal

import org.litedenoise.denoise.Precision
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.CHANNELS
import org.litedenoise.tiling.Size
import java.io.File
import java.io.InputStream

internal val released = File(System.getProperty("repository"), "models/released")
internal val expected = File(System.getProperty("expected"))

internal fun releasedFile(name: String): InputStream = File(released, name).inputStream()

internal fun releasedModel(precision: Precision = Precision.INT8) = Model.load(precision, open = ::releasedFile)

/** Crashes of a phone that tells how processes ended. */
internal fun crashRecord(folder: File, process: Int = 1, ending: ProcessEnding = ProcessEnding.UNKNOWN, system: String = "system") =
    CrashRecord(folder, system, process) { ending }

/** What a JPEG file says before its pixels, as far as it is kept; null for other files. */
internal fun metadataOf(file: ByteArray): JpegMetadata? =
    JpegStructure.read(FileInput(file.inputStream()))?.let(JpegMetadata::of)

/** A photo in memory. */
internal class ArrayPixels(
    override val size: Size,
    val pixels: ByteArray = ByteArray((size.area * CHANNELS).toInt()),
) : PixelStore {
    override fun read(box: Box, into: ByteArray) {
        val bytes = box.size.width * CHANNELS
        for (row in 0 until box.size.height) {
            val start = ((box.top + row) * size.width + box.left) * CHANNELS
            pixels.copyInto(into, row * bytes, start, start + bytes)
        }
    }

    override fun write(box: Box, from: ByteArray, kept: Box, width: Int) {
        val bytes = box.size.width * CHANNELS
        for (row in 0 until box.size.height) {
            val start = ((kept.top + row) * width + kept.left) * CHANNELS
            from.copyInto(pixels, ((box.top + row) * size.width + box.left) * CHANNELS, start, start + bytes)
        }
    }
}

/** Smooth colours that JPEG keeps nearly as they are. */
internal fun gradient(size: Size): ByteArray =
    ByteArray((size.area * CHANNELS).toInt()) {
        val (pixel, channel) = it / CHANNELS to it % CHANNELS
        val (row, column) = pixel / size.width to pixel % size.width
        when (channel) {
            0 -> 40 + 150 * row / size.height
            1 -> 60 + 120 * column / size.width
            else -> 128
        }.toByte()
    }

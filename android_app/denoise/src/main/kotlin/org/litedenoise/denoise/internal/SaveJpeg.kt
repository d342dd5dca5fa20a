package org.litedenoise.denoise.internal

import org.litedenoise.tiling.Box
import org.litedenoise.tiling.CHANNELS
import org.litedenoise.tiling.PixelSource
import org.litedenoise.tiling.Strength
import org.litedenoise.tiling.blend
import java.io.OutputStream

// For pictures that were not JPEG before.
private const val DEFAULT_QUALITY = 95
private const val JPEG_ROWS = 8

/** Blends before and after and encodes them, a few rows at a time, as finely as the source was. */
internal fun saveJpeg(
    before: PixelSource,
    after: PixelSource,
    strength: Strength,
    metadata: JpegMetadata,
    output: OutputStream,
) {
    val height = before.size.height
    val width = before.size.width
    val noisy = ByteArray(JPEG_ROWS * width * CHANNELS)
    val denoised = ByteArray(noisy.size)
    val quantization = metadata.quantization ?: Quantization.ofQuality(DEFAULT_QUALITY)
    val encoder = JpegEncoder(before.size, output, quantization, metadata)
    for (top in 0 until height step JPEG_ROWS) {
        val rows = minOf(JPEG_ROWS, height - top)
        val band = Box(top, 0, top + rows, width)
        before.read(band, noisy)
        after.read(band, denoised)
        blend(noisy, denoised, rows * width, strength)
        encoder.write(denoised, rows)
    }
    encoder.finish()
}

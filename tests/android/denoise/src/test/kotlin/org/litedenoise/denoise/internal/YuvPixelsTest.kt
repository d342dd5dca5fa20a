package org.litedenoise.denoise.internal

import org.junit.Assert.assertEquals
import org.junit.Test
import org.litedenoise.denoise.YuvFrame
import org.litedenoise.tiling.Box
import java.nio.ByteBuffer

private const val PADDING: Byte = 0x55

/** Colours whose luma and chroma are known from JFIF's formulas, each on 2x2 pixels of a frame. */
private class Tint(
    val luma: Int,
    val u: Int,
    val v: Int,
    val rgb: Int,
)

private val TINTS =
    listOf(
        Tint(76, 85, 255, 0xfe0000),
        Tint(150, 44, 21, 0x00ff01),
        Tint(29, 255, 107, 0x0000fe),
        Tint(255, 128, 128, 0xffffff),
        Tint(0, 128, 128, 0x000000),
        Tint(149, 43, 201, 0xfb7e00),
        Tint(255, 0, 255, 0xffd01c),
    )

class YuvPixelsTest {
    @Test
    fun `planes of their own give the colours at every size`() = everySize { height, width -> planar(height, width) }

    @Test
    fun `interleaved planes give the colours at every size, whichever comes first`() {
        everySize { height, width -> interleaved(height, width, uFirst = true) }
        everySize { height, width -> interleaved(height, width, uFirst = false) }
    }

    private fun everySize(frameOf: (Int, Int) -> YuvFrame) {
        for ((height, width) in listOf(1 to 1, 2 to 2, 5 to 7, 6 to 9, 8 to 12)) {
            val pixels = YuvPixels(frameOf(height, width))
            val whole = Box(0, 0, height, width)
            val boxes = listOf(whole, Box(height / 2, width / 3, height, width), Box(0, width - 1, 1, width))
            for (box in boxes) assertEquals("$height x $width, $box", wanted(box), read(pixels, box))
        }
    }

    private fun wanted(box: Box): List<String> =
        (box.top until box.bottom).flatMap { row ->
            (box.left until box.right).map { column -> "%06x".format(tint(row / 2, column / 2).rgb) }
        }

    private fun read(pixels: YuvPixels, box: Box): List<String> {
        val bytes = ByteArray((box.size.area * 3).toInt())
        pixels.read(box, bytes)
        return bytes.toList().chunked(3) { rgb -> rgb.joinToString("") { "%02x".format(it) } }
    }

    /** As most software decoders give frames: rows padded at the end. */
    private fun planar(height: Int, width: Int): YuvFrame {
        val chroma = half(height) to half(width)
        return YuvFrame(
            width,
            height,
            luma(height, width),
            plane(chroma, 1, half(width) + 3) { row, column -> tint(row, column).u },
            plane(chroma, 1, half(width) + 3) { row, column -> tint(row, column).v },
        )
    }

    /** As phones' cameras do: one memory for both, in which the second plane starts one byte later. */
    private fun interleaved(height: Int, width: Int, uFirst: Boolean): YuvFrame {
        val rowStride = 2 * half(width) + 6
        val both = ByteBuffer.allocate(rowStride * half(height)).apply { while (hasRemaining()) put(PADDING) }
        for (row in 0 until half(height)) {
            for (column in 0 until half(width)) {
                val tint = tint(row, column)
                val (first, second) = if (uFirst) tint.u to tint.v else tint.v to tint.u
                both.put(row * rowStride + 2 * column, first.toByte())
                both.put(row * rowStride + 2 * column + 1, second.toByte())
            }
        }
        // Neither plane's memory goes beyond its own last value.
        val last = rowStride * (half(height) - 1) + 2 * (half(width) - 1)
        val planes = listOf(0, 1).map { start -> YuvFrame.Plane(part(both, start, last + start + 1), rowStride, 2) }
        val (u, v) = if (uFirst) planes else planes.reversed()
        return YuvFrame(width, height, luma(height, width), u, v)
    }

    private fun luma(height: Int, width: Int) =
        plane(height to width, 1, width + 5) { row, column -> tint(row / 2, column / 2).luma }

    private fun plane(size: Pair<Int, Int>, pixelStride: Int, rowStride: Int, value: (Int, Int) -> Int): YuvFrame.Plane {
        val (height, width) = size
        val buffer = ByteBuffer.allocateDirect(rowStride * height).apply { while (hasRemaining()) put(PADDING) }
        for (row in 0 until height) {
            for (column in 0 until width) buffer.put(row * rowStride + column * pixelStride, value(row, column).toByte())
        }
        return YuvFrame.Plane(part(buffer, 0, rowStride * (height - 1) + width), rowStride, pixelStride)
    }

    private fun part(buffer: ByteBuffer, start: Int, end: Int): ByteBuffer =
        buffer
            .duplicate()
            .apply {
                position(start)
                limit(end)
            }.slice()

    private fun tint(row: Int, column: Int) = TINTS[(row * 4 + column) % TINTS.size]

    private fun half(length: Int) = (length + 1) / 2
}

package org.litedenoise.denoise.internal

import org.litedenoise.tiling.CHANNELS
import org.litedenoise.tiling.Size
import java.io.OutputStream

private const val SIDE = 8
private const val COEFFICIENTS = SIDE * SIDE

/**
 * A baseline JPEG, written as its rows come, without chroma subsampling. Android's own encoder wants
 * the whole photo as one bitmap: 200 MB for 50 megapixels.
 *
 * Tables and layout are those of ITU-T T.81, annexes B, F and K.
 *
 * @param quantization how finely it is kept.
 */
internal class JpegEncoder(
    private val size: Size,
    private val output: OutputStream,
    private val quantization: Quantization,
    metadata: JpegMetadata,
) {
    private val bits = BitWriter(output)
    private val previousDc = IntArray(CHANNELS)
    private val planes = Array(CHANNELS) { FloatArray(COEFFICIENTS) }
    private val quantized = IntArray(COEFFICIENTS)

    init {
        writeHeader(metadata)
    }

    /**
     * Takes the next rows: 8 at a time, fewer only at the end.
     *
     * @param rgb [rows] rows of interleaved RGB bytes.
     */
    fun write(rgb: ByteArray, rows: Int) {
        for (left in 0 until size.width step SIDE) {
            convert(rgb, rows, left)
            for (channel in 0 until CHANNELS) {
                val isLuma = channel == 0
                JpegTransform.forward(planes[channel])
                quantize(planes[channel], if (isLuma) quantization.luminance else quantization.chrominance)
                previousDc[channel] =
                    encode(
                        previousDc[channel],
                        if (isLuma) JpegTables.DC_LUMINANCE else JpegTables.DC_CHROMINANCE,
                        if (isLuma) JpegTables.AC_LUMINANCE else JpegTables.AC_CHROMINANCE,
                    )
            }
        }
    }

    /** Completes the file; does not close the stream. */
    fun finish() {
        bits.flush()
        output.write(byteArrayOf(0xff.toByte(), 0xd9.toByte()))
        output.flush()
    }

    private fun writeHeader(metadata: JpegMetadata) {
        output.write(byteArrayOf(0xff.toByte(), 0xd8.toByte()))
        metadata.writeTo(output)
        for ((id, table) in listOf(quantization.luminance, quantization.chrominance).withIndex()) {
            segment(0xdb, bytes(id) + ByteArray(COEFFICIENTS) { table[JpegTables.ZIGZAG[it]].toByte() })
        }
        val frame = bytes(8, size.height shr 8, size.height, size.width shr 8, size.width, CHANNELS)
        segment(0xc0, frame + bytes(1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1))
        val codes =
            mapOf(
                0x00 to JpegTables.DC_LUMINANCE,
                0x10 to JpegTables.AC_LUMINANCE,
                0x01 to JpegTables.DC_CHROMINANCE,
                0x11 to JpegTables.AC_CHROMINANCE,
            )
        for ((id, code) in codes) segment(0xc4, bytes(id) + code.counts + code.symbols)
        segment(0xda, bytes(CHANNELS, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0))
    }

    private fun segment(marker: Int, payload: ByteArray) {
        val length = payload.size + 2
        output.write(bytes(0xff, marker, length shr 8, length) + payload)
    }

    private fun bytes(vararg values: Int) = ByteArray(values.size) { values[it].toByte() }

    /** One 8x8 block of each of Y, Cb and Cr, centred on 0; the photo's last row and column repeat. */
    private fun convert(rgb: ByteArray, rows: Int, left: Int) {
        for (row in 0 until SIDE) {
            val line = minOf(row, rows - 1) * size.width
            for (column in 0 until SIDE) {
                val pixel = (line + minOf(left + column, size.width - 1)) * CHANNELS
                val red = rgb[pixel].toInt() and 0xff
                val green = rgb[pixel + 1].toInt() and 0xff
                val blue = rgb[pixel + 2].toInt() and 0xff
                val index = row * SIDE + column
                planes[0][index] = 0.299f * red + 0.587f * green + 0.114f * blue - 128
                planes[1][index] = -0.168736f * red - 0.331264f * green + 0.5f * blue
                planes[2][index] = 0.5f * red - 0.418688f * green - 0.081312f * blue
            }
        }
    }

    private fun quantize(plane: FloatArray, table: IntArray) {
        for (index in 0 until COEFFICIENTS) {
            val position = JpegTables.ZIGZAG[index]
            quantized[index] = Math.round(plane[position] / table[position])
        }
    }

    private fun encode(previous: Int, dc: HuffmanCode, ac: HuffmanCode): Int {
        val change = quantized[0] - previous
        val changeBits = bitLength(change)
        dc.write(changeBits, bits)
        bits.writeSigned(change, changeBits)
        var zeros = 0
        for (index in 1 until COEFFICIENTS) {
            val value = quantized[index]
            if (value == 0) {
                zeros += 1
                continue
            }
            while (zeros > 15) {
                ac.write(0xf0, bits)
                zeros -= 16
            }
            val valueBits = bitLength(value)
            ac.write((zeros shl 4) or valueBits, bits)
            bits.writeSigned(value, valueBits)
            zeros = 0
        }
        if (zeros > 0) ac.write(0x00, bits)
        return quantized[0]
    }

    private fun bitLength(value: Int) = Int.SIZE_BITS - Integer.numberOfLeadingZeros(Math.abs(value))
}

/** Bits, most significant first; a 0 follows every byte of ones. */
internal class BitWriter(
    private val output: OutputStream,
) {
    private var pending = 0L
    private var count = 0

    fun write(value: Int, length: Int) {
        pending = (pending shl length) or (value.toLong() and ((1L shl length) - 1))
        count += length
        while (count >= Byte.SIZE_BITS) {
            count -= Byte.SIZE_BITS
            val byte = (pending shr count).toInt() and 0xff
            output.write(byte)
            if (byte == 0xff) output.write(0)
        }
    }

    /** Negative numbers are one's complements in so many bits. */
    fun writeSigned(value: Int, length: Int) = write(if (value < 0) value - 1 else value, length)

    fun flush() {
        if (count > 0) write(0x7f, Byte.SIZE_BITS - count)
    }
}

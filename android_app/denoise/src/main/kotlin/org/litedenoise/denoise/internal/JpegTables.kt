package org.litedenoise.denoise.internal

import kotlin.math.PI
import kotlin.math.cos
import kotlin.math.sqrt

/** A Huffman code as T.81 writes it down: how many codes of each length, and their symbols in order. */
internal class HuffmanCode(
    val counts: ByteArray,
    val symbols: ByteArray,
) {
    private val codes = IntArray(256)
    private val lengths = IntArray(256)

    init {
        var code = 0
        var next = 0
        for ((index, count) in counts.withIndex()) {
            repeat(count.toInt()) {
                val symbol = symbols[next++].toInt() and 0xff
                codes[symbol] = code++
                lengths[symbol] = index + 1
            }
            code = code shl 1
        }
    }

    fun write(symbol: Int, bits: BitWriter) = bits.write(codes[symbol], lengths[symbol])
}

/** The discrete cosine transform of T.81, A.3.3, first along rows and then along columns. */
internal object JpegTransform {
    private const val SIDE = 8
    private val basis =
        FloatArray(SIDE * SIDE) {
            val (frequency, position) = it / SIDE to it % SIDE
            val scale = if (frequency == 0) sqrt(1.0 / SIDE) else sqrt(2.0 / SIDE)
            (scale * cos((2 * position + 1) * frequency * PI / (2 * SIDE))).toFloat()
        }

    fun forward(block: FloatArray) {
        for (row in 0 until SIDE) along(block, row * SIDE, 1)
        for (column in 0 until SIDE) along(block, column, SIDE)
    }

    private fun along(block: FloatArray, start: Int, step: Int) {
        // Symmetric and antisymmetric halves meet even and odd frequencies alone.
        val s0 = block[start] + block[start + 7 * step]
        val s1 = block[start + step] + block[start + 6 * step]
        val s2 = block[start + 2 * step] + block[start + 5 * step]
        val s3 = block[start + 3 * step] + block[start + 4 * step]
        val d0 = block[start] - block[start + 7 * step]
        val d1 = block[start + step] - block[start + 6 * step]
        val d2 = block[start + 2 * step] - block[start + 5 * step]
        val d3 = block[start + 3 * step] - block[start + 4 * step]
        for (frequency in 0 until SIDE step 2) {
            val at = frequency * SIDE
            block[start + frequency * step] =
                s0 * basis[at] + s1 * basis[at + 1] + s2 * basis[at + 2] + s3 * basis[at + 3]
        }
        for (frequency in 1 until SIDE step 2) {
            val at = frequency * SIDE
            block[start + frequency * step] =
                d0 * basis[at] + d1 * basis[at + 1] + d2 * basis[at + 2] + d3 * basis[at + 3]
        }
    }
}

/** T.81, annex K: quantization for quality 50, and the typical Huffman codes. */
internal object JpegTables {
    val ZIGZAG =
        intArrayOf(
            0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
            12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
            35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
            58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
        )

    val LUMINANCE =
        intArrayOf(
            16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
            14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
            18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
            49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
        )

    val CHROMINANCE =
        intArrayOf(
            17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
            24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
            99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
            99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
        )

    val DC_LUMINANCE = code("00010501010101010100000000000000", "000102030405060708090a0b")
    val DC_CHROMINANCE = code("00030101010101010101010000000000", "000102030405060708090a0b")

    val AC_LUMINANCE =
        code(
            "0002010303020403050504040000017d",
            "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728" +
                "292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a83848586878889" +
                "8a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2" +
                "e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa",
        )

    val AC_CHROMINANCE =
        code(
            "00020102040403040705040400010277",
            "000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a26" +
                "2728292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a828384858687" +
                "88898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9da" +
                "e2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa",
        )

    private fun code(counts: String, symbols: String) = HuffmanCode(bytes(counts), bytes(symbols))

    private fun bytes(hexadecimal: String): ByteArray =
        hexadecimal.chunked(2).map { it.toInt(16).toByte() }.toByteArray()
}

package org.litedenoise.denoise.internal

private const val TABLES = 0xdb
private const val COEFFICIENTS = 64
private const val FRAME_HEAD_BYTES = 6
private val FRAMES = setOf(0xc0, 0xc1, 0xc2)

/**
 * How finely a JPEG keeps brightness and colour: what each frequency is divided by, 1 to 255, row by row
 * (ITU-T T.81, annex A.3.4).
 */
internal class Quantization(
    val luminance: IntArray,
    val chrominance: IntArray,
) {
    companion object {
        /** The tables of T.81's annex K at a [quality] of 1 to 100, with the meaning that it has in libjpeg. */
        fun ofQuality(quality: Int) = Quantization(scaled(JpegTables.LUMINANCE, quality), scaled(JpegTables.CHROMINANCE, quality))

        /** As a picture was compressed, or null where its file does not tell, or is finer divided than 8 bits. */
        fun of(structure: JpegStructure): Quantization? =
            try {
                val tables = structure.segments.filter { it.marker == TABLES }.flatMap { tables(it.payload) }.toMap()
                val frame = structure.segments.firstOrNull { it.marker in FRAMES }?.payload ?: return null
                // Of each component: its number, subsampling, and table.
                val used = List(frame[FRAME_HEAD_BYTES - 1].toInt()) { tables.getValue(frame[FRAME_HEAD_BYTES + 3 * it + 2].toInt()) }
                val isUsable = used.isNotEmpty() && used.all { table -> table.all { it in 1..255 } }
                if (isUsable) Quantization(used.first(), used.getOrElse(1) { used.first() }) else null
            } catch (_: IndexOutOfBoundsException) {
                null
            } catch (_: NoSuchElementException) {
                null
            }

        /** The tables of one segment, by their numbers. */
        private fun tables(payload: ByteArray): List<Pair<Int, IntArray>> {
            val found = mutableListOf<Pair<Int, IntArray>>()
            var at = 0
            while (at < payload.size) {
                val head = payload[at++].toInt()
                val bytes = 1 + (head shr 4 and 0xf)
                val table = IntArray(COEFFICIENTS)
                for (position in JpegTables.ZIGZAG) {
                    repeat(bytes) { table[position] = (table[position] shl 8) or (payload[at++].toInt() and 0xff) }
                }
                found += (head and 0xf) to table
            }
            return found
        }

        private fun scaled(table: IntArray, quality: Int): IntArray {
            val percent = if (quality < 50) 5000 / quality else 200 - 2 * quality
            return IntArray(COEFFICIENTS) { ((table[it] * percent + 50) / 100).coerceIn(1, 255) }
        }
    }
}

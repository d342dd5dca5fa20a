package org.litedenoise.denoise.internal

import org.litedenoise.tiling.CHANNELS
import org.litedenoise.tiling.Size
import java.util.Locale
import java.util.Random
import kotlin.math.abs
import kotlin.math.log10
import kotlin.math.sin
import kotlin.math.sqrt

/**
 * Whether a processor computes the same as the CPU, judged by what the network changed: a denoised
 * picture is mostly its input, so comparing pictures hides much. The measures and bounds are those of
 * Python's `litedenoise_sdk.runtime.auto.agreement`, where each is explained.
 */
internal class Agreement private constructor(
    private val agreementDb: Double,
    private val relativeDb: Double,
    private val patternDb: Double,
    private val colourShift: Double,
) {
    fun isWithin(bounds: Bounds): Boolean =
        agreementDb >= bounds.agreementDb &&
            (agreementDb >= bounds.roundingDb || relativeDb >= bounds.relativeDb) &&
            patternDb >= bounds.patternDb &&
            colourShift <= bounds.colourShift

    override fun toString(): String =
        String.format(
            Locale.ROOT,
            "residual at %.1f dB, %.1f dB relative, pattern at %.1f dB, colours shifted by %.2f/255",
            agreementDb,
            relativeDb,
            patternDb,
            colourShift * MOST,
        )

    /** The least that is taken as the same. */
    class Bounds(
        val agreementDb: Double,
        val relativeDb: Double,
        val roundingDb: Double,
        val patternDb: Double,
        val colourShift: Double,
    )

    companion object {
        private const val MOST = 255.0
        private const val PERIOD_PX = 16
        private val FLOAT = Bounds(45.0, 20.0, 60.0, 26.0, 0.25 / MOST)
        private val INT8 = Bounds(38.0, 12.0, 50.0, 20.0, 0.75 / MOST)

        fun bounds(quantized: Boolean): Bounds = if (quantized) INT8 else FLOAT

        /** Compares two results for the same block of RGB bytes. */
        fun of(size: Size, noisy: ByteArray, reference: ByteArray, result: ByteArray): Agreement {
            var power = 0.0
            var error = 0.0
            val shift = DoubleArray(CHANNELS)
            val cells = DoubleArray(PERIOD_PX * PERIOD_PX * CHANNELS)
            for (index in noisy.indices) {
                val difference = (result[index].level - reference[index].level) / MOST
                val change = (reference[index].level - noisy[index].level) / MOST
                power += change * change
                error += difference * difference
                shift[index % CHANNELS] += difference
                val pixel = index / CHANNELS
                val cell = pixel / size.width % PERIOD_PX * PERIOD_PX + pixel % size.width % PERIOD_PX
                cells[cell * CHANNELS + index % CHANNELS] += difference
            }
            val repeats = noisy.size / cells.size.toDouble()
            val pattern = cells.sumOf { (it / repeats) * (it / repeats) } / cells.size
            return Agreement(
                agreementDb = decibels(1.0, error / noisy.size),
                relativeDb = decibels(power / noisy.size, error / noisy.size),
                patternDb = decibels(power / noisy.size, pattern),
                colourShift = shift.maxOf { abs(it) } / (noisy.size / CHANNELS),
            )
        }

        /** A block like a photo's: colours, edges and texture under signal-dependent noise. */
        fun noisyBlock(size: Size): ByteArray {
            val random = Random(0)
            return ByteArray(Math.toIntExact(size.area * CHANNELS)) {
                val (pixel, channel) = it / CHANNELS to it % CHANNELS
                val (row, column) = pixel / size.width to pixel % size.width
                val scene =
                    0.45 + 0.2 * sin(row / 37.0 + column / 61.0 + channel) +
                        0.1 * sin(column / 5.0 + channel) + if (sin(column / 41.0 - row / 53.0 + channel) > 0) 0.1 else -0.1
                val noise = random.nextGaussian() * sqrt(0.0004 + 0.004 * scene.coerceIn(0.0, 1.0))
                ((scene + noise).coerceIn(0.0, 1.0) * MOST).toInt().toByte()
            }
        }

        private val Byte.level: Int get() = toInt() and 0xff

        private fun decibels(power: Double, error: Double): Double =
            when {
                error == 0.0 -> Double.POSITIVE_INFINITY
                power == 0.0 -> Double.NEGATIVE_INFINITY
                else -> 10 * log10(power / error)
            }
    }
}

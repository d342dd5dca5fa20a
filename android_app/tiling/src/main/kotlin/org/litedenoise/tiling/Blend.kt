package org.litedenoise.tiling

// Weights of red, green and blue in brightness, ITU-R BT.601, as JPEG uses them.
private const val RED_LUMA = 0.299f
private const val GREEN_LUMA = 0.587f
private const val BLUE_LUMA = 0.114f

/**
 * How much of the removed noise stays removed: 0 keeps the photo as it was, 1 is the network's own
 * result; [luma] for brightness and [chroma] for colour.
 *
 * @throws IllegalArgumentException a value outside 0 to 1.
 */
public class Strength
    @JvmOverloads
    constructor(
        public val luma: Float,
        public val chroma: Float = luma,
    ) {
        init {
            require(luma in 0f..1f) { "luma strength must be from 0 to 1; got $luma" }
            require(chroma in 0f..1f) { "chroma strength must be from 0 to 1; got $chroma" }
        }

        override fun equals(other: Any?): Boolean = other is Strength && luma == other.luma && chroma == other.chroma

        override fun hashCode(): Int = 31 * luma.hashCode() + chroma.hashCode()

        override fun toString(): String = "luma $luma, chroma $chroma"

        /** Strengths with a name. */
        public companion object {
            /** The network's own result. */
            @JvmField
            public val FULL: Strength = Strength(1f)
        }
    }

/**
 * Writes `noisy + weight * (denoised - noisy)` into [denoised], for the first [pixels] pixels of
 * interleaved RGB bytes.
 *
 * With different strengths for luma and chroma, the difference is split: its BT.601 luma, the same on
 * all three channels, takes the luma weight, and the rest the chroma weight. Full strength leaves
 * exactly [denoised], and none gives exactly [noisy].
 */
public fun blend(noisy: ByteArray, denoised: ByteArray, pixels: Int, strength: Strength) {
    val luma = strength.luma
    val chroma = strength.chroma
    if (luma == chroma && luma == 1f) return
    if (luma == chroma && luma == 0f) {
        noisy.copyInto(denoised, endIndex = pixels * CHANNELS)
        return
    }
    for (offset in 0 until pixels * CHANNELS step CHANNELS) {
        val red = difference(noisy, denoised, offset)
        val green = difference(noisy, denoised, offset + 1)
        val blue = difference(noisy, denoised, offset + 2)
        val shared =
            if (luma == chroma) 0f else (luma - chroma) * (red * RED_LUMA + green * GREEN_LUMA + blue * BLUE_LUMA)
        mix(noisy, denoised, offset, shared, chroma * red)
        mix(noisy, denoised, offset + 1, shared, chroma * green)
        mix(noisy, denoised, offset + 2, shared, chroma * blue)
    }
}

private fun difference(noisy: ByteArray, denoised: ByteArray, offset: Int): Float =
    ((denoised[offset].toInt() and 0xff) - (noisy[offset].toInt() and 0xff)).toFloat()

private fun mix(noisy: ByteArray, denoised: ByteArray, offset: Int, shared: Float, own: Float) {
    val mixed = (noisy[offset].toInt() and 0xff).toFloat() + shared + own
    denoised[offset] = (mixed + 0.5f).coerceIn(0f, 255f).toInt().toByte()
}

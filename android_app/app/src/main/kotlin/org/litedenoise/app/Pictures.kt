package org.litedenoise.app

import android.graphics.Bitmap
import org.litedenoise.denoise.BeforeAfter
import org.litedenoise.denoise.DenoisedPhoto
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.Strength
import org.litedenoise.tiling.blend

/** A part of a photo at a resolution: [sample] x [sample] of its pixels are one of the picture's. */
internal data class Wanted(
    val box: Box,
    val sample: Int,
    val strength: Strength,
)

/**
 * Renders parts of a photo, one at a time: a request made meanwhile replaces the one that waits. To be used on the main thread.
 */
internal class PictureRenderer(
    private val studio: Studio,
    private val photo: DenoisedPhoto,
    private val onRendered: (Wanted, BeforeAfter) -> Unit,
) {
    private var working = false
    private var next: Wanted? = null

    fun render(wanted: Wanted) {
        if (working) {
            next = wanted
            return
        }
        working = true
        studio.inBackground({ pictures(wanted) }) { pictures ->
            working = false
            onRendered(wanted, pictures)
            next?.let {
                next = null
                render(it)
            }
        }
    }

    private fun pictures(wanted: Wanted): BeforeAfter {
        val full = photo.render(wanted.box, wanted.sample)
        val luma = wanted.strength.luma
        val chroma = wanted.strength.chroma
        return if (luma == chroma) full else BeforeAfter(full.before, mixed(full, wanted.strength))
    }
}

/** As it is saved: unlike one strength for all, two cannot be shown by opacity. */
private fun mixed(pictures: BeforeAfter, strength: Strength): Bitmap {
    val noisy = bytes(pictures.before)
    val denoised = bytes(pictures.after)
    val (width, height) = pictures.after.width to pictures.after.height
    blend(noisy, denoised, width * height, strength)
    val colors =
        IntArray(width * height) {
            val (red, green, blue) = List(3) { channel -> denoised[3 * it + channel].toInt() and 0xff }
            OPAQUE or (red shl 16) or (green shl 8) or blue
        }
    return Bitmap.createBitmap(colors, width, height, Bitmap.Config.ARGB_8888)
}

private fun bytes(bitmap: Bitmap): ByteArray {
    val colors = IntArray(bitmap.width * bitmap.height)
    bitmap.getPixels(colors, 0, bitmap.width, 0, 0, bitmap.width, bitmap.height)
    return ByteArray(3 * colors.size) { (colors[it / 3] shr (16 - 8 * (it % 3))).toByte() }
}

private const val OPAQUE = 0xff shl 24

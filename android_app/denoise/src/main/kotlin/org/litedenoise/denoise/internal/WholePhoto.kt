package org.litedenoise.denoise.internal

import android.app.ActivityManager
import android.content.Context
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.FailureKind
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.CHANNELS
import org.litedenoise.tiling.Size
import java.io.File

private const val BYTES_PER_PX = 4L
private const val BAND_PX = 1_000_000
private const val BYTES_IN_MB = 1_000_000

/** A photo that Android decodes whole or not at all. */
internal class WholePhoto(
    private val context: Context,
    private val file: PhotoFile,
) {
    /**
     * The pixels in the file's own colour space.
     *
     * @throws DenoiseException (UNREADABLE) this device cannot decode it; (MEMORY) it has no room for it.
     */
    fun decode(): Bitmap {
        val options = BitmapFactory.Options().apply { inJustDecodeBounds = true }
        file.withDescriptor { BitmapFactory.decodeFileDescriptor(it, null, options) }
        if (options.outWidth <= 0 || options.outHeight <= 0) {
            throw DenoiseException(
                FailureKind.UNREADABLE,
                "expected a photo that this device can decode, got ${file.type ?: "an unknown kind"}",
            )
        }
        checkRoom(context, Size(options.outHeight, options.outWidth))
        options.inJustDecodeBounds = false
        options.inPreferredConfig = Bitmap.Config.ARGB_8888
        return file.withDescriptor { BitmapFactory.decodeFileDescriptor(it, null, options) }
            ?: throw DenoiseException(FailureKind.UNREADABLE, "the photo's file is damaged")
    }

    companion object {
        /** @throws DenoiseException (MEMORY) the device has less free than a bitmap of this size takes. */
        fun checkRoom(context: Context, size: Size) {
            val manager = context.getSystemService(Context.ACTIVITY_SERVICE) as ActivityManager
            val memory = ActivityManager.MemoryInfo().also(manager::getMemoryInfo)
            val needed = size.area * BYTES_PER_PX
            val free = memory.availMem - memory.threshold
            if (needed <= free) return
            throw DenoiseException(
                FailureKind.MEMORY,
                "a photo of $size pixels in this format is decoded whole, which takes ${needed / BYTES_IN_MB} MB; " +
                    "the device has ${maxOf(free, 0) / BYTES_IN_MB} MB free. Close other apps, or convert it to JPEG first",
            )
        }

        /** The bitmap's pixels in a file in [folder], so that it need not stay in memory. */
        fun stored(bitmap: Bitmap, folder: File, toSrgb: Boolean): RawPixels {
            val size = Size(bitmap.height, bitmap.width)
            val pixels = RawPixels.create(folder, "decoded", size)
            try {
                val rows = maxOf(BAND_PX / size.width, 1)
                val colors = IntArray(rows * size.width)
                val bytes = ByteArray(colors.size * CHANNELS)
                for (top in 0 until size.height step rows) {
                    val height = minOf(rows, size.height - top)
                    readBand(bitmap, top, height, toSrgb, colors)
                    val band = Box(0, 0, height, size.width)
                    dropAlpha(colors, size.width, band, bytes)
                    pixels.write(band.shifted(top, 0), bytes, band, size.width)
                }
                return pixels
            } catch (error: Throwable) {
                pixels.close()
                throw error
            }
        }

        private fun readBand(bitmap: Bitmap, top: Int, height: Int, toSrgb: Boolean, colors: IntArray) {
            val band = Bitmap.createBitmap(bitmap, 0, top, bitmap.width, height)
            readColors(band, toSrgb, colors)
            if (band !== bitmap) band.recycle() // the whole one comes back for all of it
        }
    }
}

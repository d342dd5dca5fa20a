package org.litedenoise.denoise.internal

import android.graphics.Bitmap
import android.system.ErrnoException
import android.system.OsConstants
import org.litedenoise.denoise.BeforeAfter
import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.DenoisedPhoto
import org.litedenoise.denoise.FailureKind
import org.litedenoise.denoise.RunReport
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.CHANNELS
import org.litedenoise.tiling.Size
import org.litedenoise.tiling.Strength
import java.io.FileDescriptor
import java.io.FileOutputStream
import java.io.IOException
import java.util.Locale

/** Before and after as raw pixels in two files, of a [photo] whose own pixels are closed. */
internal class StoredPhoto(
    private val before: RawPixels,
    private val after: RawPixels,
    private val photo: OpenPhoto,
    override val report: RunReport,
) : DenoisedPhoto {
    private val orientation = photo.orientation

    override val size: Size = orientation.upright(before.size)

    override val notes: List<String> get() = photo.notes

    override fun render(box: Box, sample: Int): BeforeAfter {
        requireWorkerThread()
        require(sample >= 1) { "sample must be at least 1; got $sample" }
        require(box.top >= 0 && box.left >= 0 && box.bottom <= size.height && box.right <= size.width) {
            "expected a part of a photo of $size, got $box"
        }
        val stored = orientation.stored(box, size)
        return BeforeAfter(bitmap(before, stored, sample), bitmap(after, stored, sample))
    }

    override fun save(target: FileDescriptor, strength: Strength) {
        requireWorkerThread()
        try {
            write(target, strength)
        } catch (error: IOException) {
            val full = (error.cause as? ErrnoException)?.errno == OsConstants.ENOSPC || "No space left" in error.message.orEmpty()
            throw DenoiseException(
                if (full) FailureKind.STORAGE else FailureKind.OUTPUT,
                if (full) "no space is left for the result; free some and save again" else "cannot save: ${error.message}",
                error,
            )
        }
    }

    private fun write(target: FileDescriptor, strength: Strength) {
        val done =
            String.format(
                Locale.ROOT,
                "Denoised by LiteDenoise %s, luma %.2f, chroma %.2f",
                report.precision.name.lowercase(Locale.ROOT),
                strength.luma,
                strength.chroma,
            )
        val kept = photo.metadata.withOrientation(orientation).withComment(done).withIndex(photo.followers.index)
        val file = FileOutputStream(target)
        saveJpeg(before, after, strength, kept, file.buffered())
        photo.followers.appendTo(file, kept.indexAt)
    }

    override fun close() {
        before.close()
        after.close()
        photo.followers.close()
    }

    /** The stored part [box], averaged and turned upright. */
    private fun bitmap(pixels: RawPixels, box: Box, sample: Int): Bitmap {
        val small = Size(maxOf(box.size.height / sample, 1), maxOf(box.size.width / sample, 1))
        val averaged = average(pixels, box, small, sample)
        val upright = orientation.upright(small)
        val colors =
            IntArray(Math.toIntExact(upright.area)) {
                val pixel = orientation.storedIndex(it / upright.width, it % upright.width, small) * CHANNELS
                val red = averaged[pixel].toInt() and 0xff
                val green = averaged[pixel + 1].toInt() and 0xff
                val blue = averaged[pixel + 2].toInt() and 0xff
                (red shl 16) or (green shl 8) or blue
            }
        return bitmapOf(colors, upright, photo.colorSpace)
    }

    private fun average(pixels: RawPixels, box: Box, small: Size, sample: Int): ByteArray {
        val result = ByteArray(Math.toIntExact(small.area * CHANNELS))
        val band = ByteArray(sample * box.size.width * CHANNELS)
        val sums = IntArray(small.width * CHANNELS)
        for (row in 0 until small.height) {
            val top = box.top + row * sample
            val rows = minOf(sample, box.bottom - top)
            pixels.read(Box(top, box.left, top + rows, box.right), band)
            val columns = minOf(sample, box.size.width)
            sums.fill(0)
            for (line in 0 until rows) {
                for (column in 0 until small.width * columns) {
                    val source = (line * box.size.width + column) * CHANNELS
                    val target = column / columns * CHANNELS
                    for (channel in 0 until CHANNELS) sums[target + channel] += band[source + channel].toInt() and 0xff
                }
            }
            for (index in sums.indices) result[row * sums.size + index] = (sums[index] / (rows * columns)).toByte()
        }
        return result
    }
}

package org.litedenoise.denoise.internal

import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.FailureKind
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.CHANNELS
import org.litedenoise.tiling.Size
import java.io.Closeable
import java.io.File
import java.io.IOException
import java.io.RandomAccessFile
import java.nio.ByteBuffer
import java.nio.channels.FileChannel

/** A photo as rows of RGB bytes in a file that is deleted on [close]. */
internal class RawPixels private constructor(
    override val size: Size,
    private val file: File,
    private val content: RandomAccessFile,
) : PixelStore,
    Closeable {
    private val channel: FileChannel = content.channel
    private val rowBytes = size.width.toLong() * CHANNELS

    override fun read(box: Box, into: ByteArray) =
        eachRow(box) { position, row, bytes ->
            val target = ByteBuffer.wrap(into, row * bytes, bytes)
            while (target.hasRemaining()) {
                if (channel.read(target, position + bytes - target.remaining()) < 0) throw IOException("the file was cut short")
            }
        }

    override fun write(box: Box, from: ByteArray, kept: Box, width: Int) =
        eachRow(box) { position, row, bytes ->
            val source = ByteBuffer.wrap(from, ((kept.top + row) * width + kept.left) * CHANNELS, bytes)
            while (source.hasRemaining()) channel.write(source, position + bytes - source.remaining())
        }

    override fun close() {
        content.close()
        file.delete()
    }

    private inline fun eachRow(box: Box, visit: (position: Long, row: Int, bytes: Int) -> Unit) {
        val rows = box.size.height
        val columns = box.size.width
        for (row in 0 until rows) {
            visit((box.top + row) * rowBytes + box.left.toLong() * CHANNELS, row, columns * CHANNELS)
        }
    }

    companion object {
        /** @throws DenoiseException (STORAGE) there is no room for so large a photo. */
        fun create(folder: File, name: String, size: Size): RawPixels {
            val bytes = size.area * CHANNELS
            folder.mkdirs()
            if (folder.usableSpace < bytes) {
                throw DenoiseException(
                    FailureKind.STORAGE,
                    "a photo of $size pixels needs ${bytes / 1_000_000} MB of storage while it is denoised; " +
                        "${folder.usableSpace / 1_000_000} MB are free. Free some and try again",
                )
            }
            val file = File.createTempFile(name, ".rgb", folder)
            return RawPixels(size, file, RandomAccessFile(file, "rw"))
        }
    }
}

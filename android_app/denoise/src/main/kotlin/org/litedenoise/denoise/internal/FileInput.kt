package org.litedenoise.denoise.internal

import java.io.EOFException
import java.io.InputStream
import java.io.OutputStream

/** The bytes of a file in their order, and how many have passed. */
internal class FileInput(
    private val input: InputStream,
) {
    private val buffer = ByteArray(BUFFER_BYTES)
    private var next = 0
    private var filled = 0
    private var passed = 0L

    /** Offset of the next byte. */
    val position: Long get() = passed + next

    /** The next byte, 0 to 255. Throws [EOFException] where there is none. */
    fun byte(): Int {
        if (next == filled && !fill()) throw EOFException()
        return buffer[next++].toInt() and 0xff
    }

    /** The next [count] bytes. Throws [EOFException] where there are fewer. */
    fun bytes(count: Int): ByteArray {
        val result = ByteArray(count)
        var done = 0
        while (done < count) {
            if (next == filled && !fill()) throw EOFException()
            val part = minOf(count - done, filled - next)
            buffer.copyInto(result, done, next, next + part)
            next += part
            done += part
        }
        return result
    }

    /** Hands over up to [most] of the next bytes; returns how many there were. */
    fun copyTo(output: OutputStream?, most: Long): Long {
        var done = 0L
        while (done < most && (next < filled || fill())) {
            val part = minOf(most - done, (filled - next).toLong()).toInt()
            output?.write(buffer, next, part)
            next += part
            done += part
        }
        return done
    }

    private fun fill(): Boolean {
        passed += filled
        next = 0
        filled = maxOf(input.read(buffer), 0)
        return filled > 0
    }

    private companion object {
        const val BUFFER_BYTES = 1 shl 16
    }
}

package org.litedenoise.denoise.internal

import java.io.FilterOutputStream
import java.io.OutputStream

/** Notices whether anything but zeros was written. */
internal class NoticingOutput(
    output: OutputStream,
) : FilterOutputStream(output) {
    var isNoticed = false
        private set

    override fun write(bytes: ByteArray, start: Int, count: Int) {
        isNoticed = isNoticed || (start until start + count).any { bytes[it] != 0.toByte() }
        out.write(bytes, start, count)
    }
}

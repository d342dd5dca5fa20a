package org.litedenoise.denoise.internal

import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.FailureKind
import java.io.EOFException

private const val MARK = 0xff
private const val START = 0xd8
private const val END = 0xd9
private const val SCAN = 0xda
private const val LENGTH_BYTES = 2

// As litedenoise_sdk.imageio.limits: far more than photographs have.
private const val MOST_SEGMENTS = 5_000
private const val MOST_BYTES = 64_000_000L

/**
 * A segment in front of the pixels.
 *
 * @property at offset of the payload in the file that it was read from.
 */
internal class Segment(
    val marker: Int,
    val payload: ByteArray,
    val at: Long = 0,
) {
    fun startsWith(mark: ByteArray): Boolean = payload.size >= mark.size && mark.indices.all { payload[it] == mark[it] }
}

/**
 * One JPEG picture in a file (ITU-T T.81, annex B).
 *
 * @property segments what stands before the first scan.
 * @property isWhole whether the mark of its end was found; the input then stands after it.
 */
internal class JpegStructure private constructor(
    val segments: List<Segment>,
    val isWhole: Boolean,
) {
    companion object {
        /**
         * Walks through a picture, or gives null where [input] is no JPEG. A file that breaks off gives what
         * came before: metadata never stops a photo.
         *
         * @throws DenoiseException (UNREADABLE) more metadata than any photograph carries.
         */
        fun read(input: FileInput): JpegStructure? {
            val segments = mutableListOf<Segment>()
            return try {
                if (input.byte() != MARK || input.byte() != START) return null
                Walk(input, segments).toEnd()
                JpegStructure(segments, isWhole = true)
            } catch (_: EOFException) {
                if (input.position > LENGTH_BYTES) JpegStructure(segments, isWhole = false) else null
            }
        }
    }

    private class Walk(
        private val input: FileInput,
        private val segments: MutableList<Segment>,
    ) {
        private var bytes = 0L

        fun toEnd() {
            var inScan = false
            while (true) {
                val marker = nextMarker()
                if (marker == END) return
                val length = (input.byte() shl 8) + input.byte() - LENGTH_BYTES
                val at = input.position
                val payload = input.bytes(maxOf(length, 0))
                inScan = inScan || marker == SCAN
                if (!inScan) keep(Segment(marker, payload, at))
            }
        }

        /** Past compressed pixels, in which a byte of ones is followed by 0, and restarts stand alone. */
        private fun nextMarker(): Int {
            while (true) {
                var marker = input.byte()
                while (marker != MARK) marker = input.byte()
                while (marker == MARK) marker = input.byte()
                val standsAlone = marker in 0x00..0x01 || marker in 0xd0..START
                if (!standsAlone) return marker
            }
        }

        private fun keep(segment: Segment) {
            bytes += segment.payload.size
            if (segments.size == MOST_SEGMENTS || bytes > MOST_BYTES) {
                throw DenoiseException(
                    FailureKind.UNREADABLE,
                    "the photo carries more metadata than photographs have; save it again with a photo editor",
                )
            }
            segments += segment
        }
    }
}

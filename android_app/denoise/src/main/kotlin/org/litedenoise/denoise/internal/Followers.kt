package org.litedenoise.denoise.internal

import java.io.Closeable
import java.io.File
import java.io.FileInputStream
import java.io.FileOutputStream
import java.nio.ByteBuffer

private const val PREVIEWS_LOST = "The previews in the file are left out, as they show the noisy picture."

/**
 * What follows the picture in a JPEG file: gain maps, films, depth maps, makers' trailers. All of it
 * follows the new picture as it is. Nearly everything that points there counts from the file's end or
 * states lengths, and so stays true; only the MPF directory counts from the front, and is rewritten.
 * As litedenoise_sdk.imageio.jpeg.followers, whose results are in tests/golden/followers.json.
 *
 * @param file holds these bytes, and is deleted on [close]; null where there are none.
 * @property index the MPF directory of these bytes; its offsets count from the first of them.
 */
internal class Followers private constructor(
    private val file: File?,
    val index: MpfIndex?,
    val notes: List<String>,
) : Closeable {
    /**
     * Puts them behind a picture.
     *
     * @param target stands behind the picture.
     * @param indexAt offset of the MPF segment's payload in [target], where there is one.
     */
    fun appendTo(target: FileOutputStream, indexAt: Long?) {
        if (file == null) return
        val channel = target.channel
        val start = channel.position()
        if (index != null && indexAt != null) {
            val bytes = ByteBuffer.wrap(moved(index, start, indexAt).toPayload())
            while (bytes.hasRemaining()) channel.write(bytes, indexAt + bytes.position())
        }
        FileInputStream(file).use { it.copyTo(target) }
    }

    override fun close() {
        file?.delete()
    }

    private fun moved(index: MpfIndex, start: Long, at: Long): MpfIndex {
        val base = at + MpfIndex.MARK.size
        val main = index.entries.first().at(offset = 0, length = start)
        return index.with(listOf(main) + index.entries.drop(1).map { it.at(it.offset + start - base) })
    }

    companion object {
        val NONE = Followers(null, null, emptyList())

        /**
         * Copies what is left of a JPEG file into [folder].
         *
         * @param input stands behind the picture.
         */
        fun read(input: FileInput, structure: JpegStructure, folder: File): Followers {
            if (!structure.isWhole) return NONE
            val listed = listed(structure, input.position)
            val others = listed?.entries.orEmpty().drop(1).sortedBy { it.offset }
            folder.mkdirs()
            val file = File.createTempFile("behind", ".bin", folder)
            val means = FileOutputStream(file).use { copy(input, others.filter { it.isPreview }, NoticingOutput(it)) }
            val notes = if (others.any { it.isPreview }) listOf(PREVIEWS_LOST) else emptyList()
            if (!means) {
                file.delete()
                return Followers(null, null, notes)
            }
            return Followers(file, listed?.let { withoutPreviews(it, others) }, notes)
        }

        /** The directory, if every picture that it lists lies behind the main one, which ends at [end]. */
        private fun listed(structure: JpegStructure, end: Long): MpfIndex? =
            structure.segments
                .filter { it.isMpf }
                .firstNotNullOfOrNull { segment ->
                    val shift = segment.at + MpfIndex.MARK.size - end
                    MpfIndex
                        .read(segment.payload)
                        ?.let { index -> index.with(index.entries.take(1) + index.entries.drop(1).map { it.at(it.offset + shift) }) }
                        ?.takeIf { index -> index.entries.drop(1).all { it.offset >= 0 } }
                }

        /** Whether there was more than zeros. */
        private fun copy(input: FileInput, previews: List<MpfIndex.Entry>, output: NoticingOutput): Boolean {
            var at = 0L
            for (preview in previews) {
                at += input.copyTo(output, preview.offset - at)
                at += input.copyTo(null, preview.end - at)
            }
            input.copyTo(output, Long.MAX_VALUE)
            return output.isNoticed
        }

        private fun withoutPreviews(index: MpfIndex, others: List<MpfIndex.Entry>): MpfIndex? {
            if (others.none { it.isPreview }) return index
            var gone = 0L
            var last = 0L
            val kept = mutableListOf(index.entries.first())
            for (entry in others) {
                if (entry.isPreview) {
                    gone += maxOf(entry.end - maxOf(last, entry.offset), 0)
                    last = maxOf(last, entry.end)
                } else {
                    kept += entry.at(entry.offset - gone)
                }
            }
            return index.with(kept).takeIf { kept.size > 1 }
        }
    }
}

package org.litedenoise.denoise.internal

import org.json.JSONArray
import org.json.JSONObject
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.litedenoise.tiling.Size
import org.litedenoise.tiling.Strength
import java.io.File
import java.io.FileOutputStream
import java.util.Base64
import java.util.zip.CRC32

/** Gain maps, films and trailers: what Python leaves of a file is what Kotlin leaves of it. */
class FollowersTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val golden = JSONObject(File(System.getProperty("repository"), "tests/golden/followers.json").readText())
    private val pixels = Size(40, 64).let { ArrayPixels(it, gradient(it)) }

    @Test
    fun `files become what Python makes of them`() {
        assertTrue("${golden.length()}", golden.length() > 8)
        for (name in golden.keys()) {
            val case = golden.getJSONObject(name)
            val (written, notes) = saved(bytes(case, "source"))
            val input = FileInput(written.inputStream())
            val structure = JpegStructure.read(input)!!
            val end = input.position
            assertArrayEquals(name, bytes(case, "behind"), written.copyOfRange(end.toInt(), written.size))
            assertEquals(name, case.getJSONArray("pictures").toString(), "${JSONArray(pictures(structure, end))}")
            assertEquals(name, texts(case.getJSONArray("kept")), structure.segments.filter(::isCopied).map(::text).toSet())
            assertEquals(name, case.getInt("left_out"), notes.size)
        }
    }

    @Test
    fun `nothing is left behind, and little is kept of a file with nothing more`() {
        saved(bytes(golden.getJSONObject("alone"), "source"))
        saved(bytes(golden.getJSONObject("film"), "source"))
        assertEquals(listOf("saved"), folder.root.list()!!.toList())
    }

    private fun saved(source: ByteArray): Pair<ByteArray, List<String>> {
        val input = FileInput(source.inputStream())
        val structure = JpegStructure.read(input)!!
        val metadata = JpegMetadata.of(structure)
        val file = File(folder.root, "saved")
        Followers.read(input, structure, folder.root).use { followers ->
            val kept = metadata.withIndex(followers.index)
            FileOutputStream(file).use { target ->
                saveJpeg(pixels, pixels, Strength.FULL, kept, target.buffered())
                followers.appendTo(target, kept.indexAt)
            }
            return file.readBytes() to metadata.notes + followers.notes
        }
    }

    /** Attributes, length and offset from the picture's [end] of all but the main one. */
    private fun pictures(structure: JpegStructure, end: Long): List<JSONArray> {
        val segment = structure.segments.firstOrNull { it.isMpf } ?: return emptyList()
        val entries = MpfIndex.read(segment.payload)!!.entries
        assertEquals(end to 0L, entries.first().let { it.length to it.offset })
        val base = segment.at + MpfIndex.MARK.size
        return entries.drop(1).map { JSONArray(listOf(it.attributes, it.length, it.offset + base - end)) }
    }

    private fun isCopied(segment: Segment): Boolean {
        val isWrittenAnew = segment.isMpf || segment.isIcc || segment.payload.toString(Charsets.ISO_8859_1).startsWith("Exif\u0000")
        return segment.marker in setOf(0xfe) + (0xe1..0xef) && !isWrittenAnew
    }

    private fun text(segment: Segment): String {
        val name = if (segment.marker == 0xfe) "COM" else "APP${segment.marker - 0xe0}"
        val checksum = CRC32().also { it.update(segment.payload) }.value
        return "$name ${segment.payload.size} ${"%08x".format(checksum)}"
    }

    private fun texts(kept: JSONArray): Set<String> =
        (0 until kept.length()).map { kept.getJSONArray(it).run { "${getString(0)} ${getInt(1)} ${getString(2)}" } }.toSet()

    private fun bytes(case: JSONObject, key: String): ByteArray = Base64.getDecoder().decode(case.getString(key))
}

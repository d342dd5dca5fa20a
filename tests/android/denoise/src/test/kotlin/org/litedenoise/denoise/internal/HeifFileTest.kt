package org.litedenoise.denoise.internal

import org.json.JSONObject
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.ByteArrayOutputStream
import java.io.File
import java.util.Base64

/** Files that libheif and libavif wrote; tests/golden/write_heif.py. */
class HeifFileTest {
    private val golden = JSONObject(File(System.getProperty("repository"), "tests/golden/heif.json").readText())
    private val cases = golden.keys().asSequence().associateWith(golden::getJSONObject)

    @Test
    fun `depth, turns and EXIF are those that were written`() {
        for ((name, case) in cases) {
            val source = bytes(case, "source")
            val heif = HeifFile.read(FileInput(source.inputStream()))!!
            assertEquals(name, case.getInt("bits"), heif.bits)
            assertEquals(name, Orientation.ofExif(case.getInt("orientation")), heif.orientation)
            val item = heif.exif?.let { source.copyOfRange(it.start.toInt(), it.start.toInt() + it.bytes) }
            if (case.isNull("exif")) {
                assertNull(name, item)
            } else {
                assertTrue(name, "Acme Photo" in item!!.toString(Charsets.ISO_8859_1))
                assertEquals(name, heif.orientation, Exif.orientation(Exif.ofHeif(item, heif.orientation)!!))
            }
        }
    }

    @Test
    fun `XMP goes along without what it says of pictures behind this one, as in Python`() {
        val case = golden.getJSONObject("avif with XMP")
        val source = bytes(case, "source")
        val place = HeifFile.read(FileInput(source.inputStream()))!!.xmp!!
        val packet = source.copyOfRange(place.start.toInt(), place.start.toInt() + place.bytes)
        val kept = Xmp.alone(packet, Orientation.NORMAL)
        assertArrayEquals(bytes(case, "xmp"), kept)
        assertTrue("tiff:Orientation=\"6\"" in Xmp.alone(packet, Orientation.ROTATE_90).toString(Charsets.UTF_8))
        val written = ByteArrayOutputStream().also { JpegMetadata.of(null, kept).writeTo(it) }.toString(Charsets.ISO_8859_1.name())
        assertTrue("http://ns.adobe.com/xap/1.0/\u0000${kept.toString(Charsets.ISO_8859_1)}" in written)
        assertFalse(JpegMetadata.holds(ByteArray(65_520)))
    }

    @Test
    fun `EXIF for a JPEG has the pixels' orientation, and all else that it had`() {
        for ((name, case) in cases.filterNot { it.value.isNull("exif") }) {
            val block = bytes(case, "exif")
            for (orientation in Orientation.values()) {
                val written = Exif.ofHeif(ByteArray(4) + block, orientation)!!
                assertEquals(name, orientation, Exif.orientation(written))
                val again = Exif.ofHeif(ByteArray(4) + written, Orientation.NORMAL)!!
                assertEquals(name, Orientation.NORMAL, Exif.orientation(again))
                assertEquals(name, written.size, again.size)
                if (!hasOrientation(block)) assertArrayEquals(name, block.copyOfRange(8, block.size), again.copyOfRange(8, block.size))
            }
        }
    }

    @Test
    fun `a file cut short gives what came before, and other files nothing`() {
        for ((name, case) in cases) {
            val source = bytes(case, "source")
            for (length in 24 until source.size step 11) {
                val heif = HeifFile.read(FileInput(source.copyOf(length).inputStream()))
                assertTrue("$name at $length", heif != null && heif.bits >= 8)
            }
        }
        assertNull(HeifFile.read(FileInput("this is no photo".byteInputStream())))
    }

    @Test
    fun `damaged boxes are no reason to fail`() {
        val source = bytes(cases.values.first(), "source")
        for (at in 40 until 200) {
            for (value in listOf(0, 0x7f, 0xff)) {
                HeifFile.read(FileInput(source.clone().also { it[at] = value.toByte() }.inputStream()))
            }
        }
    }

    private fun hasOrientation(block: ByteArray) = TiffDirectory.first(block)!!.find(0x0112) != null

    private fun bytes(case: JSONObject, key: String): ByteArray = Base64.getDecoder().decode(case.getString(key))
}

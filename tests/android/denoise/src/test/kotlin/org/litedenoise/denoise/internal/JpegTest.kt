package org.litedenoise.denoise.internal

import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.litedenoise.tiling.CHANNELS
import org.litedenoise.tiling.Size
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.util.Random
import javax.imageio.ImageIO

class JpegTest {
    @Test
    fun `pixels survive at any size`() {
        for (size in listOf(Size(1, 1), Size(8, 8), Size(9, 17), Size(40, 33))) {
            val pixels = gradient(size)
            assertTrue("$size", worst(pixels, decode(encode(pixels, size))) <= 4)
        }
    }

    @Test
    fun `noise, which uses every code, survives at quality 100`() {
        val size = Size(64, 64)
        val pixels = ByteArray((size.area * CHANNELS).toInt()).also { Random(1).nextBytes(it) }
        assertTrue(worst(pixels, decode(encode(pixels, size, quality = 100))) <= 6)
    }

    @Test
    fun `segments are kept byte by byte, but for those that point into the file`() {
        val exif = Segment(0xe1, "Exif\u0000\u0000MM and maker notes".toByteArray())
        val icc = Segment(0xe2, "ICC_PROFILE\u0000\u0001\u0001profile".toByteArray())
        val others = Segment(0xe2, "MPF\u0000offsets".toByteArray())
        val size = Size(8, 8)
        val file = encode(gradient(size), size, metadata = JpegMetadata(listOf(exif, icc, others)).withComment("done"))
        val read = metadataOf(file)!!
        assertEquals("MM and maker notes", read.exif!!.toString(Charsets.US_ASCII))
        assertTrue(read.hasIcc)
        assertFalse(read.withoutIcc().hasIcc)
        val copied = encode(gradient(size), size, metadata = read)
        assertFalse("MPF" in copied.toString(Charsets.ISO_8859_1))
        assertTrue("done" in copied.toString(Charsets.ISO_8859_1))
        assertEquals(size.width, ImageIO.read(ByteArrayInputStream(copied)).width)
    }

    @Test
    fun `what is no JPEG has no metadata, and a header that breaks off has what came before`() {
        assertNull(metadataOf(byteArrayOf(1, 2, 3)))
        assertNull(metadataOf(byteArrayOf()))
        val size = Size(8, 8)
        val exif = Segment(0xe1, "Exif\u0000\u0000tags".toByteArray())
        val whole = encode(gradient(size), size, metadata = JpegMetadata(listOf(exif)))
        for (length in 3 until whole.size step 7) {
            val read = metadataOf(whole.copyOf(length))!!
            if (length > 40) assertArrayEquals("tags".toByteArray(), read.exif)
        }
    }

    private fun encode(pixels: ByteArray, size: Size, quality: Int = 95, metadata: JpegMetadata = JpegMetadata.NONE): ByteArray {
        val output = ByteArrayOutputStream()
        val encoder = JpegEncoder(size, output, quality, metadata)
        for (top in 0 until size.height step 8) {
            val rows = minOf(8, size.height - top)
            val start = top * size.width * CHANNELS
            encoder.write(pixels.copyOfRange(start, start + rows * size.width * CHANNELS), rows)
        }
        encoder.finish()
        return output.toByteArray()
    }

    private fun decode(file: ByteArray): ByteArray {
        val picture = ImageIO.read(ByteArrayInputStream(file))
        return ByteArray(picture.width * picture.height * CHANNELS) {
            val (pixel, channel) = it / CHANNELS to it % CHANNELS
            (picture.getRGB(pixel % picture.width, pixel / picture.width) shr (16 - 8 * channel)).toByte()
        }
    }

    private fun worst(first: ByteArray, second: ByteArray): Int =
        first.indices.maxOf { Math.abs((first[it].toInt() and 0xff) - (second[it].toInt() and 0xff)) }
}

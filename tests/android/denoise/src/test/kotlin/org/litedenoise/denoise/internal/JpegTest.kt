package org.litedenoise.denoise.internal

import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.litedenoise.tiling.CHANNELS
import org.litedenoise.tiling.Size
import java.awt.image.BufferedImage
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.nio.ByteBuffer
import java.nio.ByteOrder
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

    @Test
    fun `a picture is kept as finely as it was, whatever wrote it`() {
        val size = Size(40, 33)
        val pixels = gradient(size)
        for (quality in listOf(60, 92)) {
            val file = encode(pixels, size, quality)
            val own = Quantization.ofQuality(quality)
            val read = metadataOf(file)!!.withoutIcc().withComment("kept by every change").quantization!!
            assertArrayEquals(own.luminance, read.luminance)
            assertArrayEquals(own.chrominance, read.chrominance)
        }
        val picture = BufferedImage(33, 40, BufferedImage.TYPE_BYTE_GRAY)
        val grey = ByteArrayOutputStream().also { ImageIO.write(picture, "jpg", it) }.toByteArray()
        val read = metadataOf(grey)!!.quantization!!
        assertArrayEquals("Java's own quality is 75", Quantization.ofQuality(75).luminance, read.luminance)
        assertArrayEquals("one table for all", read.luminance, read.chrominance)
    }

    @Test
    fun `tables that cannot be used, or are damaged, are not followed`() {
        val size = Size(8, 8)
        val file = encode(gradient(size), size)
        val table = (0 until file.size - 1).first { file[it] == 0xff.toByte() && file[it + 1] == 0xdb.toByte() }
        val zero = file.clone().also { it[table + 5] = 0 }
        assertNull(metadataOf(zero)!!.quantization)
        val unknown = file.clone().also { it[table + 4] = 3 }
        assertNull(metadataOf(unknown)!!.quantization)
    }

    @Test
    fun `the thumbnail of the noisy picture is unlinked, and all else of EXIF stays`() {
        for (order in listOf("MM", "II")) {
            val block = exifWithThumbnail(order)
            val size = Size(8, 8)
            val exif = Segment(0xe1, "Exif\u0000\u0000".toByteArray() + block)
            val file = encode(gradient(size), size, metadata = JpegMetadata(listOf(exif)))
            val read = metadataOf(file)!!.exif!!
            val link = 8 + 2 + 12
            assertArrayEquals(order, block.clone().also { it.fill(0, link, link + 4) }, read)
            assertEquals(order, Orientation.ROTATE_90, metadataOf(file)!!.orientation)
        }
    }

    /** A directory with the orientation, and one after it. */
    private fun exifWithThumbnail(order: String): ByteArray {
        val block = ByteBuffer.allocate(44).order(if (order == "MM") ByteOrder.BIG_ENDIAN else ByteOrder.LITTLE_ENDIAN)
        block.put(order.toByteArray()).putShort(42).putInt(8)
        block.putShort(1).putShort(0x0112).putShort(3).putInt(1).putShort(6).putShort(0).putInt(26)
        block.putShort(1).putShort(0x0103).putShort(3).putInt(1).putShort(6).putShort(0).putInt(0)
        return block.array()
    }

    private fun encode(pixels: ByteArray, size: Size, quality: Int = 95, metadata: JpegMetadata = JpegMetadata.NONE): ByteArray {
        val output = ByteArrayOutputStream()
        val encoder = JpegEncoder(size, output, Quantization.ofQuality(quality), metadata)
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

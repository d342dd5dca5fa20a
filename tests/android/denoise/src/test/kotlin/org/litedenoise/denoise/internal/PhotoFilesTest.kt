package org.litedenoise.denoise.internal

import android.app.ActivityManager
import android.content.Context
import android.graphics.Bitmap
import android.graphics.ColorSpace
import android.net.Uri
import org.json.JSONObject
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.FailureKind
import org.litedenoise.denoise.PhotoInput
import org.litedenoise.testing.AndroidRunner
import org.litedenoise.testing.ShadowRegionDecoder
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.Size
import org.litedenoise.tiling.Strength
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import java.io.File
import java.util.Base64
import java.util.concurrent.Callable
import java.util.concurrent.ExecutionException
import java.util.concurrent.Executors

/** What is kept of files of every kind, what is said, and what is refused by name. */
@RunWith(AndroidRunner::class)
@Config(sdk = [35], shadows = [ShadowRegionDecoder::class])
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class PhotoFilesTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val context: Context = RuntimeEnvironment.getApplication()
    private val worker = Executors.newSingleThreadExecutor()
    private val opener by lazy { PhotoOpener(context, File(folder.root, "work")) }

    @After
    fun close() {
        worker.shutdown()
    }

    @Test
    fun `raw files are refused by their names`() {
        val files =
            mapOf(
                "DNG" to dng(),
                "TIFF and raw" to "II*\u0000".bytes() + byteArrayOf(8, 0, 0, 0, 0, 0),
                "Canon raw" to "\u0000\u0000\u0000\u0018ftypcrx ".bytes() + ByteArray(40),
                "Fujifilm raw" to "FUJIFILMCCD-RAW 0201".bytes(),
            )
        for ((name, bytes) in files) {
            val error = refused(bytes)
            assertEquals(FailureKind.UNREADABLE, error.kind)
            assertTrue(error.message!!, error.message!!.startsWith("$name files are not developed here"))
        }
    }

    @Test
    fun `a HEIC file's EXIF is kept, and its depth said`() {
        val golden = JSONObject(File(System.getProperty("repository"), "tests/golden/heif.json").readText())
        val turned = header(bytes(golden, "avif of orientation 6"))
        assertEquals(Orientation.ROTATE_90, turned.orientation)
        assertEquals(Orientation.ROTATE_90, turned.metadata.orientation)
        assertTrue("Acme Photo" in turned.metadata.exif!!.toString(Charsets.ISO_8859_1))
        assertEquals(emptyList<String>(), turned.notes)
        val deep = header(bytes(golden, "heic of 10 bits"))
        assertTrue("${deep.notes}", "The photo has 10 bits for each colour; the result has 8." in deep.notes)
    }

    @Test
    fun `a place that Android blanked is said`() {
        for ((latitude, isSaid) in listOf(ByteArray(24) to true, ByteArray(24) { 1 } to false)) {
            val exif = "MM\u0000*".bytes() + number(8) + directory(0x8825, 4, 26) + directory(2, 5, 44) + latitude
            val file = jpeg(JpegMetadata.of(exif, xmp = null))
            assertEquals(isSaid, header(file).notes.any { "withheld the place" in it })
        }
    }

    @Test
    fun `a photo of 50 megapixels that is decoded whole leaves memory, and is refused where there is no room`() {
        val bitmap = Bitmap.createBitmap(30, 20, Bitmap.Config.ARGB_8888).apply { eraseColor(0xff604020.toInt()) }
        val stored = onWorker { WholePhoto.stored(bitmap, folder.root, toSrgb = false) }
        val pixel = ByteArray(3).also { stored.read(Box(19, 29, 20, 30), it) }
        assertEquals(listOf<Byte>(0x60, 0x40, 0x20), pixel.toList())
        stored.close()
        assertEquals(emptyList<String>(), folder.root.list()!!.toList())

        val manager = context.getSystemService(Context.ACTIVITY_SERVICE) as ActivityManager
        for ((freeMb, isRefused) in listOf(100L to true, 300L to false)) {
            shadowOf(manager).setMemoryInfo(ActivityManager.MemoryInfo().apply { availMem = freeMb * 1_000_000 })
            val check = { onWorker { WholePhoto.checkRoom(context, Size(6144, 8192)) } }
            if (isRefused) {
                val error = assertThrows(ExecutionException::class.java) { check() }.cause as DenoiseException
                assertEquals(FailureKind.MEMORY, error.kind)
                assertTrue(error.message!!, "takes 201 MB; the device has 100 MB free" in error.message!!)
            } else {
                check()
            }
        }
    }

    @Test
    fun `pixels in Display P3 keep their numbers and get a profile, or become sRGB`() {
        val p3 = ColorSpace.get(ColorSpace.Named.DISPLAY_P3)
        val bitmap = Bitmap.createBitmap(4, 4, Bitmap.Config.ARGB_8888, true, p3)
        val photo = onWorker { opener.open(PhotoInput.FromBitmap(bitmap)) }
        assertEquals(photo.colorSpace.isSrgb, !photo.metadata.hasIcc)
        photo.close()
    }

    private fun refused(bytes: ByteArray): DenoiseException =
        assertThrows(ExecutionException::class.java) { onWorker { opener.open(PhotoInput.FromUri(uri(bytes))) } }.cause as DenoiseException

    private fun header(bytes: ByteArray): PhotoHeader = onWorker { PhotoHeader.read(PhotoFile(context, uri(bytes)), folder.root) }

    private fun uri(bytes: ByteArray): Uri = Uri.fromFile(folder.newFile().apply { writeBytes(bytes) })

    private fun jpeg(metadata: JpegMetadata): ByteArray {
        val size = Size(8, 8)
        val pixels = ArrayPixels(size, gradient(size))
        val file = folder.newFile()
        file.outputStream().use { saveJpeg(pixels, pixels, Strength.FULL, metadata, it) }
        return file.readBytes()
    }

    /** A directory of one field, with no other behind it. */
    private fun directory(tag: Int, kind: Int, value: Int): ByteArray =
        short(1) + short(tag) + short(kind) + number(if (kind == 5) 3 else 1) + number(value) + number(0)

    private fun dng(): ByteArray = "MM\u0000*".bytes() + number(8) + directory(0xc612, 1, 0x01040000)

    private fun short(value: Int) = byteArrayOf((value shr 8).toByte(), value.toByte())

    private fun number(value: Int) = short(value shr 16) + short(value)

    private fun bytes(golden: JSONObject, name: String): ByteArray =
        Base64.getDecoder().decode(golden.getJSONObject(name).getString("source"))

    private fun String.bytes() = toByteArray(Charsets.ISO_8859_1)

    private fun <T> onWorker(work: () -> T): T = worker.submit(Callable { work() }).get()
}

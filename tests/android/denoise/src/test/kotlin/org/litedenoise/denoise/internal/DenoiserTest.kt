package org.litedenoise.denoise.internal

import android.graphics.Bitmap
import android.net.Uri
import android.os.ParcelFileDescriptor
import org.junit.After
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.litedenoise.denoise.Delegate
import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.DenoiseResult
import org.litedenoise.denoise.DenoisedPhoto
import org.litedenoise.denoise.DenoiserOptions
import org.litedenoise.denoise.FailureKind
import org.litedenoise.denoise.PhotoInput
import org.litedenoise.denoise.Progress
import org.litedenoise.denoise.YuvFrame
import org.litedenoise.testing.AndroidRunner
import org.litedenoise.testing.JvmEngines
import org.litedenoise.testing.ShadowRegionDecoder
import org.litedenoise.testing.TestProvider
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.Size
import org.litedenoise.tiling.Strength
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.FileOutputStream
import java.nio.ByteBuffer
import java.util.concurrent.Callable
import java.util.concurrent.Executors
import java.util.concurrent.LinkedBlockingQueue
import javax.imageio.ImageIO

@RunWith(AndroidRunner::class)
@Config(sdk = [26, 35], shadows = [ShadowRegionDecoder::class])
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class DenoiserTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val context = RuntimeEnvironment.getApplication()
    private val worker = Executors.newSingleThreadExecutor()
    private val denoiser =
        RealDenoiser(context, ::releasedFile, DenoiserOptions(threads = 2), { it.run() }, listOf(JvmEngines))

    @After
    fun close() {
        denoiser.close()
        worker.shutdown()
    }

    @Test
    fun `a file is denoised, shown upright and saved with its metadata`() {
        val seen = mutableListOf<Progress>()
        val photo = success(onWorker { denoiser.denoiseBlocking(jpeg(Size(60, 90), exifOrientation = 6), { seen += it }) })
        assertEquals(Size(90, 60), photo.size)
        assertEquals(Delegate.CPU, photo.report.actual)
        assertEquals(photo.report.grid.area.toInt(), photo.report.blockMs.size)
        assertEquals(photo.report.blockMs.size, seen.last().done)
        assertEquals(Size(90, 60), seen.last().photo)
        assertEquals(5400L, seen.mapNotNull { it.finished }.sumOf { it.size.area })
        val pictures = onWorker { photo.render(Box(0, 0, 90, 60), 2) }
        val before = pictures.before
        val after = pictures.after
        assertEquals(45 to 30, before.height to before.width)
        assertEquals(45 to 30, after.height to after.width)

        val saved = save(photo, Strength(0.5f))
        assertArrayEquals(exif(6), metadataOf(saved.readBytes())!!.exif)
        assertEquals(60, ImageIO.read(saved).height)
        assertTrue("strength is recorded", "luma 0.50" in saved.readText(Charsets.ISO_8859_1))
        photo.close()
        assertEquals(0, File(context.cacheDir, "litedenoise/work").list().orEmpty().size)
    }

    @Test
    fun `no strength gives the photo back`() {
        val photo = success(onWorker { denoiser.denoiseBlocking(jpeg(Size(40, 50))) })
        val original = onWorker { photo.render(Box(0, 0, 40, 50), 1) }.before
        val saved = ImageIO.read(save(photo, Strength(0f)))
        for (column in 0 until 50) {
            val change = (original.getPixel(column, 20) and 0xff) - (saved.getRGB(column, 20) and 0xff)
            assertTrue("$change", change in -4..4)
        }
        photo.close()
    }

    @Test
    fun `bitmaps and camera frames are denoised, too`() {
        val bitmap = Bitmap.createBitmap(30, 20, Bitmap.Config.ARGB_8888).apply { eraseColor(0xff604020.toInt()) }
        val fromBitmap = success(onWorker { denoiser.denoiseBlocking(PhotoInput.FromBitmap(bitmap)) })
        assertEquals(Size(20, 30), fromBitmap.size)
        val fromFrame = success(onWorker { denoiser.denoiseBlocking(PhotoInput.FromYuv(redThenBlue())) })
        assertEquals(Size(30, 20), fromFrame.size)
        val turned = onWorker { fromFrame.render(Box(0, 0, 30, 20), 1) }.before
        assertEquals("what was left is above", 0xfffe0000.toInt(), turned.getPixel(10, 5))
        assertEquals("what was right is below", 0xff0000fe.toInt(), turned.getPixel(10, 25))
        fromBitmap.close()
        fromFrame.close()
    }

    @Test
    fun `what cannot be read is a failure that says so`() {
        assertEquals(FailureKind.NO_ACCESS, failure(PhotoInput.FromUri(Uri.fromFile(File(folder.root, "gone.jpg")))).kind)
        val text = folder.newFile("text.jpg").apply { writeText("this is no photo") }
        assertEquals(FailureKind.UNREADABLE, failure(PhotoInput.FromUri(Uri.fromFile(text))).kind)
        val empty = folder.newFile("empty.jpg")
        assertEquals(FailureKind.UNREADABLE, failure(PhotoInput.FromUri(Uri.fromFile(empty))).kind)
    }

    @Test
    fun `a photo that may not be read is a failure that says so`() {
        Robolectric.buildContentProvider(Locked::class.java).create("locked")
        val locked = failure(PhotoInput.FromUri(Uri.parse("content://locked/1")))
        assertEquals(FailureKind.NO_ACCESS, locked.kind)
        assertTrue(locked.message, "choose it again" in locked.message)
    }

    @Test
    fun `a photo that is deleted while another is in work is a failure that says so`() {
        val first = jpeg(Size(40, 50))
        val second = jpeg(Size(40, 50)) as PhotoInput.FromUri
        val results = LinkedBlockingQueue<DenoiseResult>()
        denoiser.denoise(first, onProgress = { File(second.uri.path!!).delete() }, onResult = results::add)
        denoiser.denoise(second, onResult = results::add)
        success(results.take()).close()
        assertEquals(FailureKind.NO_ACCESS, (results.take() as DenoiseResult.Failure).kind)
    }

    @Test
    fun `a HEIC photo that the device cannot decode is a failure that names its kind`() {
        Robolectric.buildContentProvider(Heic::class.java).create("heic").get().file =
            folder.newFile("photo.heic").apply { writeBytes(byteArrayOf(0, 0, 0, 24) + "ftypheic".toByteArray() + ByteArray(400)) }
        val heic = failure(PhotoInput.FromUri(Uri.parse("content://heic/1")))
        assertEquals(FailureKind.UNREADABLE, heic.kind)
        assertTrue(heic.message, "got image/heic" in heic.message)
    }

    @Test
    fun `a device without room is a failure that says what to free`() {
        val full =
            object : File(folder.root.path) {
                override fun getUsableSpace() = 1_000_000L
            }
        val error = assertThrows(DenoiseException::class.java) { RawPixels.create(full, "before", Size(4000, 6000)) }
        assertEquals(FailureKind.STORAGE, error.kind)
        assertTrue(error.message!!, "needs 72 MB" in error.message!!)

        val photo = success(onWorker { denoiser.denoiseBlocking(jpeg(Size(40, 50))) })
        val unsaved =
            FileOutputStream("/dev/full").use { target ->
                onWorker { assertThrows(DenoiseException::class.java) { photo.save(target.fd) } }
            }
        assertEquals(FailureKind.STORAGE, unsaved.kind)
        photo.close()
    }

    @Test
    fun `a photo that is cancelled leaves nothing behind`() {
        val result = onWorker { denoiser.denoiseBlocking(jpeg(Size(40, 50)), isCancelled = { true }) }
        assertEquals(DenoiseResult.Cancelled, result)
        assertEquals(0, File(context.cacheDir, "litedenoise/work").list().orEmpty().size)
    }

    @Test
    fun `a budget too small for any block is a failure that says which would do`() {
        val tiny = RealDenoiser(context, ::releasedFile, DenoiserOptions(maxMemoryMb = 5), { it.run() }, listOf(JvmEngines))
        val result = onWorker { tiny.denoiseBlocking(jpeg(Size(40, 50))) } as DenoiseResult.Failure
        assertEquals(FailureKind.MEMORY, result.kind)
        assertTrue(result.message, "needs at least" in result.message)
        tiny.close()
    }

    @Test
    fun `nothing is decoded, inferred or read on the main thread`() {
        assertThrows(IllegalStateException::class.java) { denoiser.denoiseBlocking(jpeg(Size(20, 20))) }
        val photo = success(onWorker { denoiser.denoiseBlocking(jpeg(Size(20, 20))) })
        assertThrows(IllegalStateException::class.java) { photo.render(Box(0, 0, 20, 20), 1) }
        assertThrows(IllegalStateException::class.java) { photo.save(java.io.FileDescriptor()) }
        photo.close()
    }

    /** Photos that the user has not allowed. */
    class Locked : TestProvider() {
        override fun getType(uri: Uri) = "image/jpeg"

        override fun openFile(uri: Uri, mode: String): ParcelFileDescriptor = throw SecurityException("not granted")
    }

    /** A photo of an iPhone. */
    class Heic : TestProvider() {
        lateinit var file: File

        override fun getType(uri: Uri) = "image/heic"

        override fun openFile(uri: Uri, mode: String): ParcelFileDescriptor =
            ParcelFileDescriptor.open(file, ParcelFileDescriptor.MODE_READ_ONLY)
    }

    /** A camera frame of 20 rows and 30 columns that lies on its left side. */
    private fun redThenBlue(): YuvFrame {
        fun plane(rows: Int, columns: Int, red: Int, blue: Int): YuvFrame.Plane {
            val values = ByteArray(rows * columns) { (if (it % columns < columns * 16 / 30) red else blue).toByte() }
            return YuvFrame.Plane(ByteBuffer.wrap(values), columns, 1)
        }
        return YuvFrame(30, 20, plane(20, 30, 76, 29), plane(10, 15, 85, 255), plane(10, 15, 255, 107), rotationDegrees = 90)
    }

    private fun <T> onWorker(work: () -> T): T = worker.submit(Callable { work() }).get()

    private fun success(result: DenoiseResult): DenoisedPhoto {
        assertTrue("$result", result is DenoiseResult.Success)
        return (result as DenoiseResult.Success).photo
    }

    private fun failure(photo: PhotoInput) = onWorker { denoiser.denoiseBlocking(photo) } as DenoiseResult.Failure

    private fun save(photo: DenoisedPhoto, strength: Strength): File {
        val file = folder.newFile()
        ParcelFileDescriptor.open(file, ParcelFileDescriptor.MODE_READ_WRITE).use { target ->
            onWorker { photo.save(target.fileDescriptor, strength) }
        }
        return file
    }

    private fun jpeg(size: Size, exifOrientation: Int? = null): PhotoInput {
        val output = ByteArrayOutputStream()
        val encoder = JpegEncoder(size, output, Quantization.ofQuality(95), metadata(exifOrientation))
        val pixels = gradient(size)
        for (top in 0 until size.height step 8) {
            val rows = minOf(8, size.height - top)
            encoder.write(pixels.copyOfRange(top * size.width * 3, (top + rows) * size.width * 3), rows)
        }
        encoder.finish()
        return PhotoInput.FromUri(Uri.fromFile(folder.newFile().apply { writeBytes(output.toByteArray()) }))
    }

    private fun metadata(exifOrientation: Int?): JpegMetadata {
        if (exifOrientation == null) return JpegMetadata.NONE
        val mark = "Exif\u0000\u0000".toByteArray()
        return JpegMetadata(listOf(Segment(0xe1, mark + exif(exifOrientation))))
    }

    /** A TIFF header and a directory of two: the camera's make and the orientation. */
    private fun exif(orientation: Int): ByteArray {
        val head = intArrayOf(0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 2)
        val make = intArrayOf(0x01, 0x0f, 0, 2, 0, 0, 0, 7, 0, 0, 0, 38)
        val turned = intArrayOf(0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0)
        val bytes = head + make + turned
        return ByteArray(bytes.size) { bytes[it].toByte() } + "Tester\u0000".toByteArray()
    }
}

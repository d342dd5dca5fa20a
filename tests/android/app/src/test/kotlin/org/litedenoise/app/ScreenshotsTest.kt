package org.litedenoise.app

import android.app.Activity
import android.graphics.Bitmap
import android.net.Uri
import android.os.Handler
import android.os.Looper
import android.view.PixelCopy
import android.widget.SeekBar
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.litedenoise.denoise.Progress
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.Size
import org.robolectric.annotation.Config
import java.awt.image.BufferedImage
import java.io.File
import javax.imageio.ImageIO

/** Draws the screens as they are, into build/android/screenshots/. */
@Config(sdk = [35])
class ScreenshotsTest : AppTest() {
    @Test
    fun `light`() = shoot("light")

    @Test
    @Config(qualifiers = "+night")
    fun `dark`() = shoot("dark")

    @Test
    @Config(fontScale = 1.6f)
    fun `large font`() = shoot("large-font")

    @Test
    @Config(qualifiers = "w891dp-h411dp-land-xhdpi")
    fun `landscape`() = shoot("landscape")

    @Test
    @Config(qualifiers = "w800dp-h1280dp-hdpi")
    fun `tablet`() = shoot("tablet")

    private fun shoot(name: String) {
        draw(started(MainActivity::class.java).get(), "empty-$name")
        val main = sharedTo(piece("IMG_2041.jpg", left = 1080, top = 840, Size(600, 450)))
        val screen = comparing(main)
        screen.get().view<SeekBar>(R.id.strength).progress = 90
        draw(screen.get(), "done-$name")

        val job = studio.jobs.single()
        val done = job.status
        job.status = Status.Running(60)
        half(job)
        screen.recreate()
        waitUntil("preview") { studio.thumbnails.of(job.source, PREVIEW_PX) != null }
        settle()
        draw(screen.get(), "working-$name")
        job.status = Status.Failed("the photo is gone or may not be read; choose it again")
        screen.recreate()
        settle()
        draw(screen.get(), "failed-$name")
        job.status = done
        fill()
        main.recreate()
        settle()
        draw(main.get(), "home-$name")
    }

    /** As if the photo had four rows of blocks, of which two and a half are finished. */
    private fun half(job: Job) {
        val size = Size(600, 450)
        job.advance(Progress(0, 12, size, null))
        for (block in 0 until 7) {
            val (row, column) = block / 3 to block % 3
            job.advance(Progress(block + 1, 12, size, Box(row * 150, column * 150, row * 150 + 150, column * 150 + 150)))
        }
    }

    /** One photo of each kind; only what is shown of them counts. */
    private fun fill() {
        val photos =
            listOf(0 to 1300, 1400 to 1700, 700 to 1900, 1060 to 2280).mapIndexed { index, (left, top) ->
                piece("IMG_${2042 + index}.jpg", left, top, Size(300, 300))
            }
        val states = listOf(Status.Running(40), Status.Waiting, Status.Failed("the file is damaged"), Status.Saved(photos.last()))
        for ((index, photo) in photos.withIndex()) {
            val job = Job(id = 1 + index, photo, checkNotNull(photo.lastPathSegment), savesItself = true)
            studio.jobs.add(0, job.apply { status = states[index] })
        }
    }

    /** A part of the sample photo, as a file of its own. */
    private fun piece(name: String, left: Int, top: Int, size: Size): Uri {
        val part = sample.getSubimage(left, top, size.width, size.height)
        val file = File(folder.newFolder(), name)
        ImageIO.write(part, "jpg", file)
        return Uri.fromFile(file)
    }

    /** Lets the pictures come that were asked for. */
    private fun settle() {
        repeat(3) {
            var passed = false
            studio.inBackground({}) { passed = true }
            waitUntil("settled") { passed }
        }
    }

    private fun draw(activity: Activity, name: String) {
        val view = activity.window.decorView
        val bitmap = Bitmap.createBitmap(view.width, view.height, Bitmap.Config.ARGB_8888)
        var copied = -1
        PixelCopy.request(activity.window, bitmap, { copied = it }, Handler(Looper.getMainLooper()))
        waitUntil("copied") { copied != -1 }
        assertEquals(PixelCopy.SUCCESS, copied)
        val colors = IntArray(view.width * view.height)
        bitmap.getPixels(colors, 0, view.width, 0, 0, view.width, view.height)
        assertTrue("an empty screen", colors.toSet().size > 10)
        val picture = BufferedImage(view.width, view.height, BufferedImage.TYPE_INT_RGB)
        picture.setRGB(0, 0, view.width, view.height, colors, 0, view.width)
        val target = File(repository, "build/android/screenshots/$name.png")
        target.parentFile.mkdirs()
        ImageIO.write(picture, "png", target)
    }

    private companion object {
        const val PREVIEW_PX = 2048
        val sample: BufferedImage by lazy { ImageIO.read(File(repository, "samples/noisy.jpg")) }
    }
}

package org.litedenoise.app

import android.Manifest
import android.app.Activity
import android.content.Intent
import android.net.Uri
import android.provider.MediaStore
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Before
import org.junit.Rule
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.litedenoise.testing.AndroidRunner
import org.litedenoise.testing.MainThreadFiles
import org.litedenoise.testing.ShadowRegionDecoder
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import java.awt.image.BufferedImage
import java.io.File
import javax.imageio.ImageIO

internal val repository = File(System.getProperty("repository"))

/** The app on a phone of the test's own, with a photo collection and real inference. */
@RunWith(AndroidRunner::class)
@Config(
    sdk = [26, 35],
    application = TestApp::class,
    shadows = [ShadowRegionDecoder::class],
    qualifiers = "w411dp-h891dp-xhdpi",
)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
abstract class AppTest {
    @get:Rule
    val folder = TemporaryFolder()

    protected val app get() = RuntimeEnvironment.getApplication() as TestApp
    internal val studio get() = app.studio
    protected lateinit var collection: TestCollection
    protected lateinit var mainThreadFiles: MainThreadFiles

    @Before
    fun prepareCollection() {
        collection = Robolectric.buildContentProvider(TestCollection::class.java).create(MediaStore.AUTHORITY).get()
        collection.folder = folder.newFolder()
        shadowOf(app).grantPermissions(Manifest.permission.WRITE_EXTERNAL_STORAGE)
    }

    @Before
    fun watchFiles() {
        mainThreadFiles = MainThreadFiles(File(app.applicationInfo.dataDir))
    }

    @After
    fun `the main thread touched none of the app's files`() {
        mainThreadFiles.close()
        assertEquals(emptyList<String>(), mainThreadFiles.seen)
    }

    protected fun sharedTo(photo: Uri): ActivityController<MainActivity> {
        val intent = Intent(Intent.ACTION_SEND).setType("image/jpeg").putExtra(Intent.EXTRA_STREAM, photo)
        return Robolectric.buildActivity(MainActivity::class.java, intent).setup()
    }

    /** The screen that [main] has opened, once its pictures are there. */
    protected fun comparing(main: ActivityController<MainActivity>): ActivityController<PhotoActivity> {
        val intent = shadowOf(main.get()).nextStartedActivity
        assertNotNull(intent)
        val screen = Robolectric.buildActivity(PhotoActivity::class.java, intent).setup()
        waitUntil("denoised") { studio.jobs.single().status is Status.Ready }
        var rendered = false
        studio.inBackground({}) { rendered = true } // behind the rendering that was asked for
        waitUntil("rendered") { rendered }
        return screen
    }

    protected fun <T : Activity> started(type: Class<T>): ActivityController<T> = Robolectric.buildActivity(type).setup()

    /** A part of the sample photo, at most 290 rows and 420 columns. */
    protected fun photo(rows: Int = 80, columns: Int = 96): Uri {
        val sample = File(System.getProperty("expected"), "noisy.rgb").readBytes()
        val picture = BufferedImage(columns, rows, BufferedImage.TYPE_INT_RGB)
        for (row in 0 until rows) {
            for (column in 0 until columns) {
                val pixel = (row * SAMPLE_WIDTH + column) * 3
                val (red, green, blue) = List(3) { sample[pixel + it].toInt() and 0xff }
                picture.setRGB(column, row, (red shl 16) or (green shl 8) or blue)
            }
        }
        val file = File(folder.newFolder(), "night.jpg")
        ImageIO.write(picture, "jpg", file)
        return Uri.fromFile(file)
    }

    private companion object {
        const val SAMPLE_WIDTH = 420
    }
}

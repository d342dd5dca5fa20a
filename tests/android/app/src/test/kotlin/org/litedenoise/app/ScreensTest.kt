package org.litedenoise.app

import android.app.Activity
import android.app.Notification
import android.content.ClipData
import android.content.Intent
import android.database.Cursor
import android.database.MatrixCursor
import android.graphics.Color
import android.net.Uri
import android.os.Build
import android.os.ParcelFileDescriptor
import android.provider.MediaStore
import android.provider.OpenableColumns
import android.view.View
import android.view.ViewGroup
import android.view.accessibility.AccessibilityNodeInfo
import android.widget.AbsListView
import android.widget.GridView
import android.widget.ProgressBar
import android.widget.SeekBar
import android.widget.TextView
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.litedenoise.testing.TestProvider
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import java.io.File
import javax.imageio.ImageIO

class ScreensTest : AppTest() {
    @Test
    fun `a chosen photo is denoised, compared, softened, saved and shared`() {
        val main = started(MainActivity::class.java)
        main.get().view<View>(R.id.choose_photos).performClick()
        val asked = shadowOf(main.get()).nextStartedActivityForResult
        shadowOf(main.get()).receiveResult(asked.intent, Activity.RESULT_OK, Intent().setData(photo()))
        val screen = comparing(main)
        val details = screen.get().view<TextView>(R.id.details)
        assertEquals("the technical line is folded away", View.GONE, details.visibility)
        screen.get().view<View>(R.id.info).performClick()
        assertEquals(View.VISIBLE, details.visibility)
        assertTrue("${details.text}", "Ran on CPU" in details.text)

        screen.get().view<SeekBar>(R.id.strength).progress = 40
        assertEquals("Strength  40 %", screen.get().view<TextView>(R.id.strength_text).text)
        assertEquals("both go together", 40, screen.get().view<SeekBar>(R.id.colour).progress)
        assertEquals(0.4f, screen.get().view<BeforeAfterView>(R.id.compare).strength)
        screen.get().view<SeekBar>(R.id.colour).progress = 100
        assertEquals("and may part", 40 to 100, studio.jobs.single().luma to studio.jobs.single().chroma)
        assertEquals("two are rendered", 1f, screen.get().view<BeforeAfterView>(R.id.compare).strength)

        screen.get().view<View>(R.id.save).performClick()
        waitUntil("saved") { (studio.jobs.single().status as? Status.Ready)?.savedAs != null }
        val (saved, values) = collection.entries.entries.single()
        assertTrue(values.getAsString(MediaStore.MediaColumns.DISPLAY_NAME).let { it == "night-denoised.jpg" || "night" in it })
        assertEquals(96, ImageIO.read(collection.file(saved)).width)

        screen.get().view<View>(R.id.share).performClick()
        val chooser = shadowOf(screen.get()).nextStartedActivity
        assertEquals(Intent.ACTION_CHOOSER, chooser.action)
    }

    @Test
    fun `turning the screen keeps the work and the strength`() {
        val screen = comparing(sharedTo(photo()))
        screen.get().view<SeekBar>(R.id.strength).progress = 70
        val before = studio.jobs.single().status
        screen.recreate()
        assertEquals(before, studio.jobs.single().status)
        assertEquals(70, screen.get().view<SeekBar>(R.id.strength).progress)
    }

    @Test
    fun `several photos are saved one by one, and a bad one stops none`() {
        val broken = Uri.fromFile(folder.newFile("broken.jpg").apply { writeText("no photo") })
        val clip = ClipData.newRawUri(null, photo()).apply { addItem(ClipData.Item(broken)) }
        clip.addItem(ClipData.Item(photo()))
        val main = started(MainActivity::class.java)
        main.get().view<View>(R.id.choose_photos).performClick()
        val asked = shadowOf(main.get()).nextStartedActivityForResult
        shadowOf(main.get()).receiveResult(asked.intent, Activity.RESULT_OK, Intent().apply { clipData = clip })
        waitUntil("batch") { studio.jobs.all { it.status is Status.Saved || it.status is Status.Failed } }
        assertEquals(
            listOf(Status.Saved::class, Status.Failed::class, Status.Saved::class),
            studio.jobs.reversed().map { it.status::class },
        )
        assertEquals(2, collection.entries.size)
        assertEquals(3, main.get().view<GridView>(R.id.photos).adapter.count)
    }

    @Test
    fun `photos of a process that died are listed and can be started again`() {
        File(app.filesDir, "unfinished.json").writeText("""[{"uri":"${photo()}","name":"left.jpg"}]""")
        val main = started(MainActivity::class.java)
        waitUntil("list") { studio.jobs.isNotEmpty() }
        assertEquals(Status.Interrupted, studio.jobs.single().status)
        val list = main.get().view<GridView>(R.id.photos)
        list.performItemClick(list, 0, list.adapter.getItemId(0))
        waitUntil("saved") { studio.jobs.single().status is Status.Saved }
    }

    @Test
    fun `what cannot be saved says so, and can be saved later`() {
        val screen = comparing(sharedTo(photo()))
        collection.full = true
        screen.get().view<View>(R.id.save).performClick()
        waitUntil("tried") { (studio.jobs.single().status as? Status.Ready)?.problem != null }
        val status = screen.get().view<TextView>(R.id.status)
        assertEquals("Not saved", "${status.text}")
        assertTrue(screen.get().view<TextView>(R.id.message).text.startsWith("Cannot write to the photo collection: "))
        assertTrue(collection.entries.isEmpty())
        collection.full = false
        screen.get().view<View>(R.id.save).performClick()
        waitUntil("saved") { (studio.jobs.single().status as? Status.Ready)?.savedAs != null }
    }

    @Test
    fun `a photo that is gone, or may not be read, says so`() {
        val gone = Uri.fromFile(File(folder.root, "gone.jpg"))
        val main = sharedTo(gone)
        waitUntil("failed") { studio.jobs.single().status is Status.Failed }
        val screen = Robolectric.buildActivity(PhotoActivity::class.java, shadowOf(main.get()).nextStartedActivity).setup()
        assertEquals("Failed", "${screen.get().view<TextView>(R.id.status).text}")
        assertTrue(screen.get().view<TextView>(R.id.message).text.startsWith("The photo is gone or may not be read"))
        assertEquals(View.GONE, screen.get().view<View>(R.id.save).visibility)
        assertEquals(View.VISIBLE, screen.get().view<View>(R.id.again).visibility)
    }

    @Test
    fun `the camera that was left without a photo leaves no empty one`() {
        val main = started(MainActivity::class.java)
        main.get().view<View>(R.id.take_photo).performClick()
        waitUntil("camera") { shadowOf(main.get()).peekNextStartedActivityForResult() != null }
        val asked = shadowOf(main.get()).nextStartedActivityForResult
        assertEquals(MediaStore.ACTION_IMAGE_CAPTURE, asked.intent.action)
        assertEquals(1, collection.entries.size)
        shadowOf(main.get()).receiveResult(asked.intent, Activity.RESULT_CANCELED, null)
        waitUntil("discarded") { collection.entries.isEmpty() }
    }

    @Test
    fun `a file that the main thread touches would be noticed`() {
        UnfinishedList(app).read()
        assertTrue("${mainThreadFiles.seen}", mainThreadFiles.seen.any { "unfinished.json by org.litedenoise.app" in it })
        mainThreadFiles.seen.clear()
    }

    @Test
    fun `a touch reader can tell how far a photo is`() {
        val screen = comparing(sharedTo(photo()))
        val job = studio.jobs.single()
        val done = job.status
        job.status = Status.Running(40)
        screen.recreate()
        val bar = screen.get().view<ProgressBar>(R.id.progress)
        assertEquals(View.VISIBLE, bar.visibility)
        assertEquals("Progress of denoising", bar.contentDescription)
        assertEquals(40, bar.progress)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) assertEquals("Denoising, 40 % done", bar.stateDescription)
        job.status = done
    }

    @Test
    @Config(sdk = [35], fontScale = 2f)
    fun `letters twice as large are not cut off`() {
        val main = sharedTo(photo())
        for (activity in listOf<Activity>(main.get(), comparing(main).get())) {
            val texts = views(activity.window.decorView).filterIsInstance<TextView>().filter { it.isShown && it.text.isNotEmpty() }
            assertTrue("${texts.size}", texts.size >= 3)
            for (text in texts.filter { it.id != View.NO_ID && it.id != android.R.id.title }) {
                val room = text.height - text.compoundPaddingTop - text.compoundPaddingBottom
                assertTrue("${text.text}: ${text.layout.height} in $room", text.layout.height <= room)
            }
        }
    }

    private fun views(view: View): List<View> =
        listOf(view) + if (view is ViewGroup) List(view.childCount) { views(view.getChildAt(it)) }.flatten() else emptyList()

    @Test
    fun `the divider moves by touch reader, and zoom ends at 400 percent`() {
        val view = comparing(sharedTo(photo())).get().view<BeforeAfterView>(R.id.compare)
        view.performAccessibilityAction(AccessibilityNodeInfo.ACTION_SCROLL_FORWARD, null)
        assertEquals(0.6f, view.divider, 1e-6f)
        assertTrue(view.contentDescription.toString(), "60 %" in view.contentDescription)
        view.zoomTo(1000f, 10f, 10f)
        assertEquals(400f, view.zoomPercent)
    }

    @Test
    fun `a removed photo is gone, with its files`() {
        val main = sharedTo(photo())
        comparing(main).get().view<View>(R.id.remove).performClick()
        assertEquals(emptyList<Job>(), studio.jobs)
        val work = File(app.cacheDir, "litedenoise/work")
        waitUntil("deleted") { work.list().orEmpty().isEmpty() }
        assertEquals(View.VISIBLE, main.get().view<View>(R.id.empty).visibility)
    }

    @Test
    fun `work goes on in a service, whose notification tells and cancels`() {
        val main = sharedTo(photo())
        val started = shadowOf(app).nextStartedService
        assertEquals(WorkService::class.java.name, started.component!!.className)
        val job = studio.jobs.single()
        waitUntil("denoised") { job.status is Status.Ready }
        val done = job.status
        job.status = Status.Running(40)
        val service = Robolectric.buildService(WorkService::class.java, started).create().startCommand(0, 1).get()
        val told = shadowOf(service).lastForegroundNotification
        assertEquals("Denoising, 1 photo left", "${told.extras.getCharSequence(Notification.EXTRA_TITLE)}")
        assertEquals("Cancel", "${told.actions.single().title}")
        job.status = done
        studio.add(Uri.fromFile(File(folder.root, "gone.jpg")), savesItself = true) // it tells of every change
        waitUntil("failed") { studio.active.isEmpty() }
        assertTrue("and stops with the work", shadowOf(service).isStoppedBySelf)
        main.pause()
    }

    @Test
    fun `the notification's button cancels what waits and runs`() {
        val jobs = List(3) { photo() }.map { studio.add(it, savesItself = true) }
        val cancel = Intent(app, WorkService::class.java).setAction(WorkService.CANCEL)
        Robolectric.buildService(WorkService::class.java, cancel).create().startCommand(0, 1)
        waitUntil("stopped") { studio.active.isEmpty() }
        assertEquals(Status.Interrupted, jobs.last().status)
    }

    @Test
    fun `a photo has the name that the user knows`() {
        Robolectric.buildContentProvider(NamedPhotos::class.java).create("named").get().file = File(photo().path!!)
        studio.add(Uri.parse("content://named/1000012345"), savesItself = false)
        waitUntil("named") { studio.jobs.single().name == "IMG_2041.jpg" }
        waitUntil("denoised") { studio.jobs.single().status is Status.Ready }
    }

    @Test
    fun `while a photo is in work it is seen, with its finished blocks`() {
        val screen = comparing(sharedTo(photo()))
        val job = studio.jobs.single()
        val done = job.status
        job.status = Status.Running(40)
        screen.recreate()
        assertEquals(View.VISIBLE, screen.get().view<View>(R.id.blocks).visibility)
        assertEquals(View.VISIBLE, screen.get().view<View>(R.id.stop).visibility)
        assertEquals("blocks cover the photo once", 80L * 96, job.finished.sumOf { it.size.area })
        job.status = done
        screen.recreate()
        assertEquals(View.GONE, screen.get().view<View>(R.id.blocks).visibility)
    }

    @Test
    fun `everything that can be touched is large enough and has a name`() {
        val main = sharedTo(photo())
        for (activity in listOf<Activity>(main.get(), comparing(main).get())) {
            val touched = views(activity.window.decorView).filter { it.isShown && (it.isClickable || it is SeekBar) && it.id != View.NO_ID }
            assertTrue("${touched.size}", touched.size >= 2)
            for (view in touched.filter { it !is AbsListView }) {
                val least = 48 * activity.resources.displayMetrics.density
                assertTrue("${view.contentDescription} is ${view.width} x ${view.height}", view.width >= least && view.height >= least)
                assertTrue("$view", spoken(view).isNotEmpty())
            }
        }
    }

    @Test
    fun `texts stand out from what is behind them`() {
        val pairs = listOf(R.color.text to R.color.surround, R.color.faint to R.color.surround, R.color.on_accent to R.color.accent)
        val onCanvas = listOf(R.color.canvas_text, R.color.canvas_faint, R.color.error).map { it to R.color.canvas_panel }
        for ((text, ground) in pairs + onCanvas + (R.color.canvas_text to R.color.canvas_raised)) {
            val lights = listOf(text, ground).map { Color.luminance(app.getColor(it)) + 0.05f }
            val ratio = lights.max() / lights.min()
            assertTrue("${app.resources.getResourceEntryName(text)}: $ratio", ratio >= 4.5f)
        }
    }

    /** Photos as Android's picker hands them over. */
    class NamedPhotos : TestProvider() {
        lateinit var file: File

        override fun getType(uri: Uri) = "image/jpeg"

        override fun openFile(uri: Uri, mode: String): ParcelFileDescriptor =
            ParcelFileDescriptor.open(file, ParcelFileDescriptor.MODE_READ_ONLY)

        override fun query(
            uri: Uri,
            projection: Array<String>?,
            selection: String?,
            arguments: Array<String>?,
            order: String?,
        ): Cursor = MatrixCursor(arrayOf(OpenableColumns.DISPLAY_NAME)).apply { addRow(arrayOf("IMG_2041.jpg")) }
    }
}

package org.litedenoise.app

import android.view.accessibility.AccessibilityNodeInfo
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.annotation.Config

/** What is said of each screen, and in which order. */
@Config(sdk = [35])
class TouchReaderTest : AppTest() {
    private val bar = listOf("Back", "night.jpg", "Remove from this list; the photo itself stays")
    private val divider = "Before on the left, after on the right. The divider is at 50 %"

    @Test
    fun `home without photos`() {
        val invitation = "Remove the noise from your photos.\nChoose one to start."
        assertEquals(
            listOf("LiteDenoise", "Your photos stay on this device", invitation, "Choose photos", "Take a photo"),
            touchReaderStops(started(MainActivity::class.java).get()),
        )
    }

    @Test
    fun `home with photos tells the state of each`() {
        val main = sharedTo(photo())
        comparing(main)
        val failed = studio.add(photo(), savesItself = false)
        waitUntil("denoised") { failed.status is Status.Ready }
        failed.status = Status.Failed("the file is damaged")
        main.recreate()
        assertEquals(
            listOf("night.jpg. Failed: the file is damaged", "night.jpg. Done", "Choose photos", "Take a photo"),
            touchReaderStops(main.get()).drop(2),
        )
    }

    @Test
    fun `a photo, done, with its controls and without`() {
        val screen = comparing(sharedTo(photo())).get()
        val top = listOf("Back", "night.jpg", "Details", bar.last(), divider, "Done")
        assertEquals(top + listOf("Strength", "Colour noise", "Share", "Save"), touchReaderStops(screen))
        val sheet = screen.view<Sheet>(R.id.sheet)
        val header = screen.view<android.view.View>(R.id.header)
        assertEquals("Controls are shown", header.stateDescription)
        assertTrue(AccessibilityNodeInfo.AccessibilityAction.ACTION_COLLAPSE in header.createAccessibilityNodeInfo().actionList)
        header.performAccessibilityAction(AccessibilityNodeInfo.ACTION_COLLAPSE, null)
        waitUntil("shut") { screen.view<Drawer>(R.id.drawer).openness == 0f }
        assertEquals("Controls are hidden", header.stateDescription)
        assertEquals(top + listOf("Share", "Save"), touchReaderStops(screen))
        assertEquals(false, sheet.isOpen)
    }

    @Test
    fun `a photo in work, and one that failed`() {
        val screen = comparing(sharedTo(photo()))
        val job = studio.jobs.single()
        val done = job.status
        job.status = Status.Running(40)
        screen.recreate()
        val progress = touchReaderStops(screen.get()).drop(bar.size)
        assertTrue("$progress", progress.first().startsWith("40 %"))
        assertEquals(listOf("Progress of denoising", "Cancel"), progress.drop(1))
        job.status = Status.Failed("the file is damaged")
        screen.recreate()
        assertEquals(bar + listOf("Failed", "The file is damaged", "Try again"), touchReaderStops(screen.get()))
        job.status = done
    }
}

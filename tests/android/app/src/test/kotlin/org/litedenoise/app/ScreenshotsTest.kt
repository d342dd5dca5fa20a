package org.litedenoise.app

import android.app.Activity
import android.graphics.Bitmap
import android.graphics.Canvas
import android.widget.SeekBar
import org.junit.Assert.assertTrue
import org.junit.Test
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

    private fun shoot(name: String) {
        val main = sharedTo(photo(rows = 288, columns = 224))
        val screen = comparing(main)
        screen.get().view<SeekBar>(R.id.strength).progress = 90
        draw(screen.get(), "compare-$name")
        draw(main.get(), "photos-$name")
    }

    private fun draw(activity: Activity, name: String) {
        val view = activity.window.decorView
        val bitmap = Bitmap.createBitmap(view.width, view.height, Bitmap.Config.ARGB_8888)
        view.draw(Canvas(bitmap))
        val colors = IntArray(view.width * view.height)
        bitmap.getPixels(colors, 0, view.width, 0, 0, view.width, view.height)
        assertTrue("an empty screen", colors.toSet().size > 10)
        val picture = BufferedImage(view.width, view.height, BufferedImage.TYPE_INT_RGB)
        picture.setRGB(0, 0, view.width, view.height, colors, 0, view.width)
        val target = File(repository, "build/android/screenshots/$name.png")
        target.parentFile.mkdirs()
        ImageIO.write(picture, "png", target)
    }
}

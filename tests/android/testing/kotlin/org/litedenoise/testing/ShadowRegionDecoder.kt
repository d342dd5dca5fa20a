package org.litedenoise.testing

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.BitmapRegionDecoder
import android.graphics.Rect
import android.os.Looper
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.shadow.api.Shadow
import org.robolectric.util.ReflectionHelpers
import org.robolectric.util.ReflectionHelpers.ClassParameter
import java.awt.Rectangle
import java.io.ByteArrayInputStream
import java.io.FileDescriptor
import java.io.FileInputStream
import java.io.IOException
import javax.imageio.ImageIO
import javax.imageio.ImageReader

/** Decodes parts of pictures for real, by Java's ImageIO; Robolectric's own gives empty bitmaps. */
@Implements(BitmapRegionDecoder::class)
class ShadowRegionDecoder {
    private lateinit var reader: ImageReader
    private var recycled = false

    @Implementation
    protected fun getWidth(): Int = reader.getWidth(0)

    @Implementation
    protected fun getHeight(): Int = reader.getHeight(0)

    @Implementation
    protected fun isRecycled(): Boolean = recycled

    @Implementation
    protected fun recycle() {
        recycled = true
        reader.dispose()
    }

    @Implementation
    protected fun decodeRegion(area: Rect, options: BitmapFactory.Options): Bitmap {
        check(!recycled) { "the decoder is recycled" }
        check(Looper.myLooper() != Looper.getMainLooper()) { "a photo is decoded on the main thread" }
        val parameters = reader.defaultReadParam
        parameters.sourceRegion = Rectangle(area.left, area.top, area.width(), area.height())
        val picture = reader.read(0, parameters)
        val colors = picture.getRGB(0, 0, area.width(), area.height(), null, 0, area.width())
        val bitmap = Bitmap.createBitmap(area.width(), area.height(), Bitmap.Config.ARGB_8888)
        bitmap.setPixels(colors, 0, area.width(), 0, 0, area.width(), area.height())
        bitmap.setHasAlpha(picture.colorModel.hasAlpha())
        return bitmap
    }

    companion object {
        @JvmStatic
        @Implementation
        fun newInstance(
            descriptor: FileDescriptor,
            @Suppress("UNUSED_PARAMETER") shareable: Boolean,
        ): BitmapRegionDecoder {
            val bytes = FileInputStream(descriptor).readBytes()
            val stream = ImageIO.createImageInputStream(ByteArrayInputStream(bytes))
            val reader =
                ImageIO.getImageReaders(stream).asSequence().firstOrNull()
                    ?: throw IOException("Image format not supported")
            reader.input = stream
            reader.getWidth(0)
            val decoder =
                ReflectionHelpers.callConstructor(
                    BitmapRegionDecoder::class.java,
                    ClassParameter.from(Long::class.javaPrimitiveType, 0L),
                )
            Shadow.extract<ShadowRegionDecoder>(decoder).reader = reader
            return decoder
        }
    }
}

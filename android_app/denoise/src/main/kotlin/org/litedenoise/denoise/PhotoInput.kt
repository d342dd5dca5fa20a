package org.litedenoise.denoise

import android.graphics.Bitmap
import android.net.Uri
import java.nio.ByteBuffer

/** A photo to denoise. */
public sealed interface PhotoInput {
    /**
     * A photo in a file at [uri], of any size: it is decoded piece by piece where its format allows it. From the
     * photo collection it comes with the place where it was taken if the app holds `ACCESS_MEDIA_LOCATION`.
     */
    public class FromUri(
        public val uri: Uri,
    ) : PhotoInput

    /** Pixels that are in memory already; do not change [bitmap] until the result is there. */
    public class FromBitmap(
        public val bitmap: Bitmap,
    ) : PhotoInput

    /** A [frame] of the camera, in memory; do not change it until the result is there. */
    public class FromYuv(
        public val frame: YuvFrame,
    ) : PhotoInput
}

/**
 * A camera frame in YUV_420_888: BT.601, full range, one U and V for every 2x2 pixels.
 *
 * @property width, height in pixels, at least 1, before it is turned.
 * @property y, u, v its planes: brightness, and the two of colour.
 * @property rotationDegrees how far to turn it clockwise to be upright: 0, 90, 180 or 270.
 * @throws IllegalArgumentException a number out of its range.
 */
public class YuvFrame
    @JvmOverloads
    constructor(
        public val width: Int,
        public val height: Int,
        public val y: Plane,
        public val u: Plane,
        public val v: Plane,
        public val rotationDegrees: Int = 0,
    ) {
        /**
         * One plane as `android.media.Image.Plane` has it.
         *
         * @property buffer its bytes; position and limit are ignored.
         * @property rowStride, pixelStride bytes from one row, and from one value, to the next.
         */
        public class Plane(
            public val buffer: ByteBuffer,
            public val rowStride: Int,
            public val pixelStride: Int,
        )

        init {
            require(width > 0 && height > 0) { "a frame must have pixels; got ${height}x$width" }
            require(rotationDegrees in setOf(0, 90, 180, 270)) {
                "rotationDegrees must be 0, 90, 180 or 270; got $rotationDegrees"
            }
        }
    }

package org.litedenoise.denoise.internal

import android.graphics.ColorSpace
import org.litedenoise.tiling.PixelSource
import java.io.Closeable

/**
 * A photo that is open for reading.
 *
 * @property pixels as they are stored, not yet upright.
 * @property colorSpace what the pixels mean.
 * @property metadata segments for the saved JPEG.
 * @property followers what lies behind the picture in its file; to be closed by whoever keeps the photo.
 * @property notes what will not be kept, in words for the user.
 * @property bandBytesPerPx memory for each pixel of the rows that a row of blocks shares; see [RegionPixels].
 */
internal class OpenPhoto(
    val pixels: PixelSource,
    val colorSpace: ColorSpace,
    val orientation: Orientation,
    val metadata: JpegMetadata,
    val notes: List<String>,
    val bandBytesPerPx: Int = 0,
    val followers: Followers = Followers.NONE,
    private val resource: Closeable = Closeable {},
) : Closeable by resource

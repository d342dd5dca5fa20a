package org.litedenoise.denoise

import android.graphics.Bitmap
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.Size
import org.litedenoise.tiling.Strength
import java.io.Closeable
import java.io.FileDescriptor

/**
 * A photo and its denoised version, both in files that [close] deletes. Nothing here runs the
 * network again. Call it from a worker thread: everything but the properties reads files.
 */
public interface DenoisedPhoto : Closeable {
    /** Height and width as shown, upright. */
    public val size: Size

    /** What it ran on. */
    public val report: RunReport

    /** What is not kept of the source, in words for the user. */
    public val notes: List<String>

    /**
     * The part [box] of the upright photo, before and after at full strength, with [sample] x [sample]
     * pixels averaged into one. Draw the second over the first with the strength as its opacity.
     */
    public fun render(box: Box, sample: Int): BeforeAfter

    /**
     * Writes a JPEG with the photo's metadata, colour space and orientation.
     *
     * @param target an open file, empty, readable and writable; it is left open.
     * @throws DenoiseException no space is left, or the file cannot be written.
     */
    public fun save(target: FileDescriptor, strength: Strength)

    /** The same at full strength. */
    public fun save(target: FileDescriptor): Unit = save(target, Strength.FULL)
}

/** The same part of a photo, [before] and [after]. */
public class BeforeAfter(
    public val before: Bitmap,
    public val after: Bitmap,
)

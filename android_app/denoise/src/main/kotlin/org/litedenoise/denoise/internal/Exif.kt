package org.litedenoise.denoise.internal

private const val ORIENTATION = 0x0112
private const val GPS = 0x8825
private const val LATITUDE = 2
private const val LATITUDE_BYTES = 24
private const val MOST_BYTES = 65_527

/** What is read from EXIF blocks, and changed in them. Damaged metadata never stops a photo. */
internal object Exif {
    fun orientation(block: ByteArray): Orientation =
        guarded(Orientation.NORMAL) {
            val directory = TiffDirectory.first(block)
            Orientation.ofExif(directory?.find(ORIENTATION)?.let(directory::short) ?: 0)
        }

    /** Whether there is a place whose numbers are all zeros: Android blanks it for apps that may not know it. */
    fun lostItsPlace(block: ByteArray): Boolean =
        guarded(false) {
            val gps = TiffDirectory.first(block)?.let { first -> first.find(GPS)?.let(first::below) }
            val latitude = gps?.find(LATITUDE) ?: return@guarded false
            val start = gps.long(latitude)
            start == 0 || (start until start + LATITUDE_BYTES).all { block[it] == 0.toByte() }
        }

    /** The EXIF item of a HEIC file as a JPEG carries it, with the pixels' orientation; null where it is damaged or too large. */
    fun ofHeif(item: ByteArray, orientation: Orientation): ByteArray? =
        guarded(null) {
            // Four bytes tell how many more come before the block.
            val skip = item.take(4).fold(0) { value, byte -> (value shl 8) or (byte.toInt() and 0xff) }
            val block = item.copyOfRange(4 + skip, item.size)
            val directory = TiffDirectory.first(block) ?: return@guarded null
            directory.with(ORIENTATION, orientation.exif, block).takeIf { it.size <= MOST_BYTES }
        }

    /** The block without a link to its thumbnail, which the directory after the first describes. */
    fun withoutThumbnail(block: ByteArray): ByteArray = guarded(block) { TiffDirectory.first(block)?.ending(block) ?: block }

    private inline fun <T> guarded(otherwise: T, read: () -> T): T =
        try {
            read()
        } catch (_: IndexOutOfBoundsException) {
            otherwise
        } catch (_: IllegalArgumentException) {
            otherwise
        }
}

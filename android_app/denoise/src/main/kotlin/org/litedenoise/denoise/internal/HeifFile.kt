package org.litedenoise.denoise.internal

import java.io.EOFException
import java.nio.BufferUnderflowException
import java.nio.ByteBuffer

private const val MOST_META_BYTES = 4_000_000L
private const val GAIN_MAP_LOST = "The HDR gain map in the file is left out."
private const val XMP_SCATTERED = "Captions and ratings (XMP) are not in one place in the file, and are left out."
private const val FILM_LOST = "The film in the file is left out."

/**
 * What a HEIC or AVIF file says about its picture (ISO/IEC 23008-12). Android's decoders give its pixels,
 * but neither turn them nor hand out its metadata.
 *
 * @property orientation how the stored pixels become upright.
 * @property bits of each colour.
 * @property exif where the EXIF item lies in the file, or null.
 * @property xmp where its XMP packet lies, or null.
 * @property notes what of it a JPEG does not keep.
 */
internal class HeifFile private constructor(
    val orientation: Orientation,
    val bits: Int,
    val exif: Extent?,
    val xmp: Extent?,
    val notes: List<String>,
) {
    class Extent(
        val start: Long,
        val bytes: Int,
    )

    companion object {
        /** Reads the boxes around the pixels, or gives null where [input] is no such file. Damage gives what came before. */
        fun read(input: FileInput): HeifFile? {
            var meta: HeifMeta? = null
            var hasFilm = false
            try {
                if (!startsAsOne(input)) return null
                while (true) {
                    val bytes = number(input.bytes(4))
                    val type = input.bytes(4).toString(Charsets.ISO_8859_1)
                    val inside = if (bytes == 1L) number(input.bytes(8)) - 16 else bytes - 8
                    hasFilm = hasFilm || type == "mpvd"
                    if (bytes == 0L || inside < 0) break // to the file's end
                    if (type == "meta" && inside <= MOST_META_BYTES) {
                        meta = HeifMeta.read(ByteBuffer.wrap(input.bytes(inside.toInt())))
                    } else {
                        input.copyTo(null, inside)
                    }
                }
            } catch (_: EOFException) {
                // The boxes that are there say what they say.
            }
            val notes =
                listOfNotNull(
                    GAIN_MAP_LOST.takeIf { meta?.hasGainMap == true },
                    FILM_LOST.takeIf { hasFilm },
                    XMP_SCATTERED.takeIf { meta?.hasXmpElsewhere == true },
                )
            return HeifFile(
                meta?.orientation ?: Orientation.NORMAL,
                meta?.bits ?: Byte.SIZE_BITS,
                meta?.exif,
                meta?.xmp,
                notes,
            )
        }

        private fun startsAsOne(input: FileInput): Boolean {
            val rest = number(input.bytes(4)) - 12
            val isOne = input.bytes(4).toString(Charsets.ISO_8859_1) == "ftyp"
            val brand = input.bytes(4).toString(Charsets.ISO_8859_1)
            return (isOne && rest >= 0 && brand in BRANDS).also { if (it) input.copyTo(null, rest) }
        }

        private fun number(bytes: ByteArray): Long = bytes.fold(0L) { value, byte -> (value shl 8) or (byte.toLong() and 0xff) }

        private val BRANDS = setOf("heic", "heix", "heim", "heis", "mif1", "msf1", "hevc", "avif", "avis")
    }
}

/** The box `meta`: its items, and what is said about the main one. */
private class HeifMeta(
    private val boxes: Map<String, ByteBuffer>,
) {
    private val properties = boxes["iprp"]?.let { HeifBoxes.of(it) }.orEmpty()
    private val all = properties.filter { it.type == "ipco" }.flatMap { HeifBoxes.of(it.content) }
    private val main = boxes["pitm"]?.let { pitm -> pitm.id(pitm.version()) }
    private val ofMain = properties.filter { it.type == "ipma" }.flatMap { propertiesOfMain(it.content) }

    private val items = boxes["iinf"]?.let { itemsIn(it) }.orEmpty()

    val orientation = ofMain.fold(Orientation.NORMAL) { turned, box -> turned.then(turn(box)) }

    /** Of the deepest picture in the file: beside the main one are parts of it, thumbnails and maps. */
    val bits: Int = all.filter { it.type == "pixi" }.maxOfOrNull { deepest(it.content) } ?: Byte.SIZE_BITS

    val hasGainMap = all.any { it.type == "auxC" && "hdrgainmap" in it.text } || items.any { it.type == "tmap" }

    val exif: HeifFile.Extent? = items.firstOrNull { it.type == "Exif" }?.let { extent(it.id) }

    private val xmpItem = items.firstOrNull { it.type == "mime" && it.mime == "application/rdf+xml" }

    val xmp: HeifFile.Extent? = xmpItem?.let { extent(it.id) }

    val hasXmpElsewhere = xmpItem != null && xmp == null

    /** @property mime the kind of an item that says so, else empty. */
    private class Item(
        val id: Int,
        val type: String,
        val mime: String,
    )

    private fun itemsIn(content: ByteBuffer): List<Item> {
        content.id(content.version()) // how many
        return HeifBoxes.of(content).filter { it.type == "infe" }.map { entry ->
            val id = entry.content.id(entry.content.version() - 2)
            entry.content.short() // protection
            val type = entry.content.name()
            entry.content.text() // its name
            Item(id, type, if (type == "mime") entry.content.text() else "")
        }
    }

    private fun turn(box: HeifBoxes.Box): Orientation =
        when (box.type) {
            // Quarters, anticlockwise.
            "irot" -> Orientation.ofDegrees((4 - (box.content.get(0).toInt() and 3)) % 4 * 90)
            "imir" -> if (box.content.get(0).toInt() and 1 == 0) Orientation.FLIP_VERTICAL else Orientation.FLIP_HORIZONTAL
            else -> Orientation.NORMAL
        }

    private fun propertiesOfMain(content: ByteBuffer): List<HeifBoxes.Box> {
        val head = content.int
        val isWide = head and 1 == 1
        repeat(content.int) {
            val id = content.id(head ushr 24)
            val count = content.get().toInt() and 0xff
            val indices = List(count) { if (isWide) content.short() and 0x7fff else content.get().toInt() and 0x7f }
            if (id == main) return indices.mapNotNull { all.getOrNull(it - 1) }
        }
        return emptyList()
    }

    private fun deepest(pixi: ByteBuffer): Int {
        pixi.version()
        return List(pixi.get().toInt() and 0xff) { pixi.get().toInt() and 0xff }.maxOrNull() ?: Byte.SIZE_BITS
    }

    /** Where an item lies, if it lies in the file in one piece. */
    private fun extent(item: Int): HeifFile.Extent? {
        val content = boxes["iloc"]?.duplicate() ?: return null
        val version = content.version()
        val sizes = content.short()
        val (ofOffset, ofLength, ofBase, ofIndex) = List(4) { sizes shr (12 - 4 * it) and 0xf }
        repeat(content.id(if (version < 2) 0 else 1)) {
            val id = content.id(if (version < 2) 0 else 1)
            val isInFile = version == 0 || content.short() and 0xf == 0
            content.short() // which file
            val base = content.number(ofBase)
            val extents =
                List(content.short()) {
                    if (version > 0) content.number(ofIndex)
                    base + content.number(ofOffset) to content.number(ofLength)
                }
            if (id == item) {
                val (start, bytes) = extents.singleOrNull()?.takeIf { isInFile } ?: return null
                return if (bytes in 1..MOST_META_BYTES) HeifFile.Extent(start, bytes.toInt()) else null
            }
        }
        return null
    }

    companion object {
        fun read(content: ByteBuffer): HeifMeta? =
            try {
                content.version()
                HeifMeta(HeifBoxes.of(content).associate { it.type to it.content })
            } catch (_: BufferUnderflowException) {
                null
            } catch (_: IllegalArgumentException) {
                null
            } catch (_: IndexOutOfBoundsException) {
                null
            }
    }
}

/** Boxes side by side. */
private object HeifBoxes {
    class Box(
        val type: String,
        private val bytes: ByteBuffer,
    ) {
        /** From its start each time. */
        val content: ByteBuffer = bytes.slice()
        val text: String get() = bytes.duplicate().let { all -> String(CharArray(all.remaining()) { all.get().toInt().toChar() }) }
    }

    fun of(content: ByteBuffer): List<Box> {
        val boxes = mutableListOf<Box>()
        while (content.remaining() >= 8) {
            val bytes = content.int
            val type = content.name()
            val inside = if (bytes == 0) content.remaining() else bytes - 8
            require(inside >= 0) { "a box shorter than its head" }
            boxes += Box(type, content.take(inside))
        }
        return boxes
    }
}

private fun ByteBuffer.take(count: Int): ByteBuffer {
    val part = slice()
    part.limit(count)
    position(position() + count)
    return part
}

private fun ByteBuffer.short(): Int = short.toInt() and 0xffff

private fun ByteBuffer.name(): String = String(CharArray(4) { get().toInt().toChar() })

/** Characters up to a zero, or all that are left. */
private fun ByteBuffer.text(): String =
    buildString {
        while (hasRemaining()) append(get().toInt().takeIf { it != 0 }?.toChar() ?: break)
    }

/** Passes version and flags, and gives the first. */
private fun ByteBuffer.version(): Int = int ushr 24

/** Numbers have 2 bytes in the first version of a box, 4 in later ones. */
private fun ByteBuffer.id(version: Int): Int = if (version <= 0) short() else int

private fun ByteBuffer.number(bytes: Int): Long {
    var value = 0L
    repeat(bytes) { value = (value shl 8) or (get().toLong() and 0xff) }
    return value
}

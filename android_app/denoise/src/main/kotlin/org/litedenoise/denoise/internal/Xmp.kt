package org.litedenoise.denoise.internal

private const val GAIN_MAP_SPACE = "http://ns.adobe.com/hdr-gain-map/1.0/"
private const val APPLES_GAIN_MAP_SPACE = "http://ns.apple.com/HDRGainMap/1.0/"
private const val CONTAINER_SPACE = "http://ns.google.com/photos/1.0/container/"
private const val ITEM_SPACE = "http://ns.google.com/photos/1.0/container/item/"
private const val CAMERA_SPACE = "http://ns.google.com/photos/1.0/camera/"
private const val ANY = """[\w-]+"""
private const val MOTION = """(?:MotionPhoto|MicroVideo)\w*"""
private val ORIENTATION = Regex("""(tiff:Orientation\s*(?:=\s*["']|>)\s*)[1-8](?=\s*["'<])""")

/** Edits to an XMP packet that leave the rest of it as it is, byte for byte; as litedenoise_sdk.imageio.xmp. */
internal object Xmp {
    /** A packet for a picture with nothing behind it, whose pixels lie in this [orientation]. */
    fun alone(packet: ByteArray, orientation: Orientation): ByteArray {
        // One character for each byte, and back.
        var text = packet.toString(Charsets.ISO_8859_1)
        for (space in listOf(GAIN_MAP_SPACE, APPLES_GAIN_MAP_SPACE, CONTAINER_SPACE, ITEM_SPACE)) text = without(text, space, ANY)
        text = without(text, CAMERA_SPACE, MOTION)
        return ORIENTATION.replace(text) { it.groupValues[1] + orientation.exif }.toByteArray(Charsets.ISO_8859_1)
    }

    /** Removes the attributes and elements of a namespace; its declaration is harmless and stays. */
    private fun without(text: String, space: String, names: String): String {
        val declared = Regex("""xmlns:([\w-]+)\s*=\s*["']${Regex.escape(space)}["']""").find(text) ?: return text
        val name = Regex.escape(declared.groupValues[1]) + ":" + names
        val elements = Regex("""<($name)\b(?:[^>]*/>|.*?</\1\s*>)""", RegexOption.DOT_MATCHES_ALL)
        return elements.replace(text, "").replace(Regex("""\s$name\s*=\s*(?:"[^"]*"|'[^']*')"""), "")
    }
}

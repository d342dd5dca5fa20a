package org.litedenoise.tiling

import org.json.JSONArray
import org.json.JSONObject
import java.io.File
import java.util.zip.CRC32

/** The files under tests/golden, which Python reads too. */
internal fun golden(name: String): JSONObject =
    JSONObject(File(System.getProperty("repository"), "tests/golden/$name").readText())

internal fun JSONObject.objects(key: String): List<JSONObject> {
    val array = getJSONArray(key)
    return List(array.length()) { array.getJSONObject(it) }
}

internal fun JSONArray.toInts(): List<Int> = List(length()) { getInt(it) }

internal fun JSONObject.size(key: String): Size {
    val (height, width) = getJSONArray(key).toInts()
    return Size(height, width)
}

internal fun JSONObject.box(key: String): Box {
    val (top, left, bottom, right) = getJSONArray(key).toInts()
    return Box(top, left, bottom, right)
}

internal fun checksum(bytes: ByteArray, length: Int = bytes.size): String {
    val crc = CRC32()
    crc.update(bytes, 0, length)
    return "%08x".format(crc.value)
}

/** The picture that tests/golden/write_pixels.py describes. */
internal class FormulaPhoto(
    override val size: Size,
    private val seed: Int,
) : PixelSource {
    override fun read(box: Box, into: ByteArray) {
        var target = 0
        for (row in box.top until box.bottom) {
            for (column in box.left until box.right) {
                for (channel in 0 until CHANNELS) {
                    into[target++] = (row * 7 + column * 13 + channel * 29 + row * column * seed).toByte()
                }
            }
        }
    }

    fun pixels(): ByteArray =
        ByteArray((size.area * CHANNELS).toInt()).also { read(Box(0, 0, size.height, size.width), it) }
}

package org.litedenoise.denoise.internal

import org.json.JSONException
import org.json.JSONObject
import org.litedenoise.denoise.Precision
import org.litedenoise.tiling.Size
import java.io.IOException
import java.io.InputStream
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.Locale

/**
 * Networks that `litedenoise compile` has made for the chips of phones, in the app's assets under its own names:
 * `npu/int8-SM8750-1088x1920.tflite`, and beside it a JSON with the checksum of the model it was made from.
 * They come with the app, or in an AI pack that Google Play delivers, whose files are assets as well.
 *
 * @param chip as Android names it, or null where it does not.
 * @param open takes an asset's name.
 */
internal class CompiledAhead(
    private val chip: String?,
    private val open: (String) -> InputStream,
) {
    /** The file for this chip, or null where there is none, or it was made from another model than [sha256]. */
    fun find(precision: Precision, block: Size, sha256: String): ByteBuffer? {
        if (chip == null) return null
        val name = "npu/${precision.name.lowercase(Locale.ROOT)}-$chip-$block"
        return try {
            val madeFrom = JSONObject(open("$name.json").use { it.readBytes().toString(Charsets.UTF_8) }).getString("model_sha256")
            if (madeFrom == sha256) direct(open("$name.tflite").use { it.readBytes() }) else null
        } catch (_: IOException) {
            null
        } catch (_: JSONException) {
            null
        }
    }

    private fun direct(content: ByteArray): ByteBuffer {
        val buffer = ByteBuffer.allocateDirect(content.size).order(ByteOrder.nativeOrder())
        buffer.put(content).rewind()
        return buffer
    }
}

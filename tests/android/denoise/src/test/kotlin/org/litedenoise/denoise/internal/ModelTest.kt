package org.litedenoise.denoise.internal

import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.FailureKind
import org.litedenoise.denoise.Precision
import org.litedenoise.denoise.internal.model.Graph
import org.litedenoise.denoise.internal.model.retile
import org.litedenoise.tiling.Size
import java.io.ByteArrayInputStream
import java.io.File
import java.io.FileNotFoundException
import java.nio.ByteBuffer

class ModelTest {
    private val content = File(released, "litedenoisenet-int8.tflite").readBytes()
    private val sidecar = File(released, "litedenoisenet-int8.json").readText()

    @Test
    fun `every released model opens, and its file is as its sidecar says`() {
        for (precision in Precision.values()) {
            val model = releasedModel(precision)
            assertEquals(precision == Precision.INT8, model.sidecar.quantized)
            assertEquals(144, model.sidecar.haloPx)
            assertTrue(model.totalOperators > 20)
            assertEquals(Size(64, 96), Graph.read(model.forEngine(Size(64, 96), File("programs"), 1).content).block)
        }
    }

    @Test
    fun `retiling there and back gives the file`() {
        val file = ByteBuffer.wrap(content.copyOf())
        val original = Graph.read(file).block
        retile(file, Size(272, 48))
        assertTrue(!file.array().contentEquals(content))
        retile(file, original)
        assertTrue(file.array().contentEquals(content))
        assertThrows(IllegalArgumentException::class.java) { retile(file, Size(100, 96)) }
    }

    @Test
    fun `a damaged model is refused, never trusted`() {
        val fail = assertThrows(DenoiseException::class.java) { load(content.copyOf(content.size / 2), sidecar) }
        assertEquals(FailureKind.MODEL, fail.kind)
        assertTrue(fail.message!!, "another file" in fail.message!!)
        for (length in listOf(0, 4, 20, 1000, content.size / 2)) {
            val cut = content.copyOf(length)
            val error =
                assertThrows(DenoiseException::class.java) {
                    val model = Model(Sidecar.parse(sidecar), Precision.INT8, cut, CompiledAhead(null, ::releasedFile))
                    model.forEngine(Size(64, 64), File("programs"), 1)
                }
            assertEquals(FailureKind.MODEL, error.kind)
        }
    }

    @Test
    fun `a damaged sidecar is refused with the key that is wrong`() {
        for ((key, value) in listOf(
            "schema_version" to 3,
            "sha256" to "abc",
            "input_dtype" to "uint8",
            "input_scale" to 0.5,
            "halo_px" to -1,
            "activation_bytes_per_px" to 0,
        )) {
            val changed = JSONObject(sidecar).put(key, value).toString()
            val error = assertThrows(key, DenoiseException::class.java) { Sidecar.parse(changed) }
            assertEquals(FailureKind.MODEL, error.kind)
        }
        assertThrows(DenoiseException::class.java) { Sidecar.parse("{") }
        val missing = assertThrows(DenoiseException::class.java) { Model.load(Precision.FP16) { throw FileNotFoundException(it) } }
        assertTrue(missing.message!!, "litedenoisenet-fp16" in missing.message!!)
    }

    @Test
    fun `int16x8 is refused, and the message says what to take`() {
        val text = File(released, "litedenoisenet-int16x8.json").readText()
        val error = assertThrows(DenoiseException::class.java) { Sidecar.parse(text) }
        assertEquals(FailureKind.MODEL, error.kind)
        assertTrue(error.message!!, "got int16x8" in error.message!! && "take fp16" in error.message!!)
    }

    private fun load(model: ByteArray, text: String) =
        Model.load(Precision.INT8) { ByteArrayInputStream(if (it.endsWith(".json")) text.toByteArray() else model) }
}

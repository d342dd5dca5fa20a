package org.litedenoise.denoise.internal

import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test
import org.litedenoise.denoise.Precision
import org.litedenoise.tiling.Size
import java.io.FileNotFoundException

/** Networks that were compiled for a chip, by the names that `litedenoise compile` gives them. */
class CompiledAheadTest {
    private val block = Size(1088, 1920)
    private val sha256 = "a".repeat(64)
    private val assets =
        mutableMapOf(
            "npu/int8-SM8750-1088x1920.tflite" to "compiled",
            "npu/int8-SM8750-1088x1920.json" to """{"model_sha256":"$sha256"}""",
        )

    @Test
    fun `one for this chip, these blocks and this model is found`() {
        assertEquals("compiled", found())
        assertNull("another chip", found(chip = "MT6991"))
        assertNull("no chip is known", found(chip = null))
        assertNull("other blocks", found(block = Size(256, 256)))
        assertNull("another precision", found(precision = Precision.FP16))
        assertNull("other weights", found(sha256 = "b".repeat(64)))
    }

    @Test
    fun `what is incomplete or damaged is not there`() {
        for (json in listOf("", "{}", "no json")) {
            assets["npu/int8-SM8750-1088x1920.json"] = json
            assertNull(json, found())
        }
        assets.remove("npu/int8-SM8750-1088x1920.json")
        assertNull(found())
        assets["npu/int8-SM8750-1088x1920.json"] = """{"model_sha256":"$sha256"}"""
        assets.remove("npu/int8-SM8750-1088x1920.tflite")
        assertNull(found())
    }

    @Test
    fun `an engine gets it beside the model itself`() {
        val plain = releasedModel()
        assertNull(plain.forEngine(block, released, 1).compiledAhead)
        val json = """{"model_sha256":"${plain.sidecar.sha256}"}""".byteInputStream()
        val model =
            Model.load(Precision.INT8, "SM8750") {
                if (it.endsWith("SM8750-256x256.json")) {
                    json
                } else if (it.startsWith("npu/")) {
                    "compiled".byteInputStream()
                } else {
                    releasedFile(it)
                }
            }
        assertEquals(8, model.forEngine(Size(256, 256), released, 1).compiledAhead?.capacity())
    }

    private fun found(
        chip: String? = "SM8750",
        precision: Precision = Precision.INT8,
        block: Size = this.block,
        sha256: String = this.sha256,
    ): String? {
        val ahead = CompiledAhead(chip) { (assets[it] ?: throw FileNotFoundException(it)).byteInputStream() }
        return ahead.find(precision, block, sha256)?.let { file -> ByteArray(file.remaining()).also(file::get).toString(Charsets.UTF_8) }
    }
}

package org.litedenoise.denoise.internal

import org.json.JSONObject
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.litedenoise.denoise.Precision
import org.litedenoise.testing.JvmEngines
import org.litedenoise.tiling.BlockPlan
import org.litedenoise.tiling.Size
import java.io.File

/** The same pixels, plan and weights as in Python; see tests/android/write_expected.py. */
class PythonAgreementTest {
    @get:Rule
    val folder = TemporaryFolder()

    @Test
    fun `the sample photo comes out as in Python, to the byte`() {
        val record = JSONObject(File(expected, "expected.json").readText())
        val plan = BlockPlan(size(record, "photo"), size(record, "block"), record.getInt("halo_px"))
        val model = releasedModel(Precision.INT8)
        val engineModel = model.forEngine(plan.block, folder.root, 2)
        val photo = ArrayPixels(plan.photo, File(expected, "noisy.rgb").readBytes())
        val before = ArrayPixels(plan.photo)
        val after = ArrayPixels(plan.photo)
        val pipeline = Pipeline(plan.block, Tensors(model.sidecar.quantized), model.tensorBytes(plan.block))
        onCpu(JvmEngines, engineModel, folder.root).use { engine ->
            val times = pipeline.run(photo, plan, engine, before, after, {}, { false })
            assertEquals(plan.blocks.size, times?.size)
        }
        assertArrayEquals(photo.pixels, before.pixels)
        val python = File(expected, "denoised-int8.rgb").readBytes()
        val differing = python.indices.count { python[it] != after.pixels[it] }
        assertEquals("bytes that differ of ${python.size}", 0, differing)
    }

    private fun size(record: JSONObject, key: String): Size {
        val sides = record.getJSONArray(key)
        return Size(sides.getInt(0), sides.getInt(1))
    }
}

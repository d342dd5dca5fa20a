package org.litedenoise.denoise.internal

import org.json.JSONObject
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.litedenoise.denoise.Precision
import org.litedenoise.denoise.internal.rows.RowsEngine
import org.litedenoise.denoise.internal.rows.chooseRows
import org.litedenoise.testing.JvmEngines
import org.litedenoise.tiling.BlockPlan
import org.litedenoise.tiling.Size
import java.io.File

/** The same pixels and weights as in Python; see tests/android/write_expected.py. */
class PythonAgreementTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val record = JSONObject(File(expected, "expected.json").readText())
    private val noisy = ArrayPixels(size("photo"), File(expected, "noisy.rgb").readBytes())
    private val model = releasedModel(Precision.INT8)

    @Test
    fun `in blocks, the sample photo comes out as in Python, to the byte`() {
        val plan = BlockPlan(noisy.size, size("block"), record.getInt("halo_px"))
        val engine = JvmEngines.open(model.forEngine(plan.block, folder.root, 2))
        assertAsInPython(BlocksEngine(plan, engine, Tensors(quantized = true), model.tensorBytes(plan.block)))
    }

    @Test
    fun `in rows, too, with several tiles, bands and strips`() {
        for (budgetBytes in listOf(9_000_000L, 20_000_000L)) {
            val plan = chooseRows(model.network, noisy.size, fixedBytes = 0, budgetBytes)
            assertEquals(if (budgetBytes < 10_000_000) Size(10, 2) else Size(5, 1), plan.grid)
            assertAsInPython(RowsEngine.open(model, plan, JvmEngines, folder.root, threads = 2))
        }
    }

    private fun assertAsInPython(engine: PhotoEngine) {
        val before = ArrayPixels(noisy.size)
        val after = ArrayPixels(noisy.size)
        engine.use {
            val times = it.run(noisy, before, after, {}, { false })
            assertEquals(it.grid.area.toInt(), times?.size)
        }
        assertArrayEquals(noisy.pixels, before.pixels)
        val python = File(expected, "denoised-int8.rgb").readBytes()
        val differing = python.indices.count { python[it] != after.pixels[it] }
        assertEquals("bytes that differ of ${python.size}", 0, differing)
    }

    private fun size(key: String): Size {
        val sides = record.getJSONArray(key)
        return Size(sides.getInt(0), sides.getInt(1))
    }
}

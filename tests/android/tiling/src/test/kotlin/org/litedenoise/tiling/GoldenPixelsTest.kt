package org.litedenoise.tiling

import org.junit.Assert.assertEquals
import org.junit.Test

class GoldenPixelsTest {
    private val golden = golden("pixels.json")

    @Test
    fun `blocks see what Python's blocks see`() {
        for (case in golden.objects("reads")) {
            val plan = BlockPlan(case.size("photo"), case.size("block"), case.getInt("halo_px"))
            val reader = BlockReader(FormulaPhoto(plan.photo, seed = 1), plan)
            val pixels = ByteArray((plan.block.area * CHANNELS).toInt())
            val checksums =
                plan.blocks.map {
                    reader.read(it, pixels)
                    checksum(pixels)
                }
            val expected = case.getJSONArray("crc32")
            assertEquals(List(expected.length()) { expected.getString(it) }, checksums)
        }
    }

    @Test
    fun `blending gives what Python's blending gives`() {
        for (case in golden.objects("blends")) {
            val size = case.size("photo")
            val noisy = FormulaPhoto(size, seed = 1).pixels()
            val mixed = FormulaPhoto(size, seed = 3).pixels()
            val strength = Strength(case.getDouble("luma").toFloat(), case.getDouble("chroma").toFloat())
            blend(noisy, mixed, size.area.toInt(), strength)
            assertEquals(case.getString("crc32"), checksum(mixed))
        }
    }
}

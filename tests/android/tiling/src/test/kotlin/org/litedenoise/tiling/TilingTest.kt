package org.litedenoise.tiling

import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

class TilingTest {
    @Test
    fun `every pixel is owned once, and stitching an identity gives the photo back`() {
        for ((size, block, haloPx) in listOf(
            Triple(Size(1, 1), Size(48, 48), 64),
            Triple(Size(150, 211), Size(96, 112), 48),
            Triple(Size(200, 300), Size(32, 32), 0),
        )) {
            val plan = BlockPlan(size, block, haloPx)
            val photo = FormulaPhoto(size, seed = 5)
            val reader = BlockReader(photo, plan)
            val pixels = ByteArray((block.area * CHANNELS).toInt())
            val result = ByteArray((size.area * CHANNELS).toInt())
            val owners = IntArray(size.area.toInt())
            for (each in plan.blocks) {
                reader.read(each, pixels)
                for (row in each.own.top until each.own.bottom) {
                    for (column in each.own.left until each.own.right) {
                        val inside = (row - each.own.top + each.kept.top) * block.width + column - each.own.left
                        pixels.copyInto(
                            result,
                            (row * size.width + column) * CHANNELS,
                            (inside + each.kept.left) * CHANNELS,
                            (inside + each.kept.left + 1) * CHANNELS,
                        )
                        owners[row * size.width + column] += 1
                    }
                }
            }
            assertTrue(owners.all { it == 1 })
            assertArrayEquals(photo.pixels(), result)
        }
    }

    @Test
    fun `what does not fit together is refused with what to do`() {
        val tooShort = assertThrows(IllegalArgumentException::class.java) { BlockPlan(Size(900, 900), Size(64, 64), 64) }
        assertTrue(tooShort.message!!, "take at least" in tooShort.message!!)
        assertThrows(IllegalArgumentException::class.java) { BlockPlan(Size(0, 5), Size(64, 64), 0) }
        assertThrows(IllegalArgumentException::class.java) { BlockPlan(Size(5, 5), Size(60, 64), 0) }
        assertThrows(IllegalArgumentException::class.java) { BlockPlan(Size(5, 5), Size(64, 64), 8) }
        val tooDear =
            assertThrows(IllegalArgumentException::class.java) { chooseBlock(Size(900, 900), 64, 384.0, 1_000_000) }
        assertTrue(tooDear.message!!, "needs at least" in tooDear.message!!)
    }

    @Test
    fun `luma and chroma are blended apart`() {
        val noisy = byteArrayOf(100, 100, 100, 10, 20, 30)
        val greyChange = byteArrayOf(80, 80, 80, 10, 20, 30)
        blend(noisy, greyChange, 2, Strength(luma = 0f, chroma = 1f))
        assertArrayEquals(noisy, greyChange)
        val colourChange = byteArrayOf(110, 95, 100, 10, 20, 30)
        blend(noisy, colourChange, 2, Strength(luma = 1f, chroma = 0f))
        assertEquals(colourChange[0], colourChange[1])
        assertThrows(IllegalArgumentException::class.java) { Strength(1.5f) }
        assertThrows(IllegalArgumentException::class.java) { Strength(Float.NaN) }
    }
}

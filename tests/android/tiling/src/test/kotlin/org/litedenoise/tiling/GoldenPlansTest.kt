package org.litedenoise.tiling

import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Test

class GoldenPlansTest {
    private val golden = golden("plans.json")

    @Test
    fun `plans are those that were written down`() {
        for (case in golden.objects("plans")) {
            val plan = BlockPlan(case.size("photo"), case.size("block"), case.getInt("halo_px"))
            val blocks = case.objects("blocks")
            assertEquals(case.getInt("margin_px"), MARGIN_PX)
            assertEquals(case.size("padded"), plan.padded)
            assertEquals(blocks.map { it.box("read") }, plan.blocks.map { it.read })
            assertEquals(blocks.map { it.box("own") }, plan.blocks.map { it.own })
            assertEquals(plan.blocks.size.toLong(), plan.grid.area)
        }
    }

    @Test
    fun `choices are those that were written down`() {
        for (case in golden.objects("choices")) {
            val choose = {
                chooseBlock(
                    case.size("photo"),
                    case.getInt("halo_px"),
                    case.getDouble("bytes_per_px"),
                    case.getLong("budget_bytes"),
                    case.getLong("fixed_bytes"),
                )
            }
            if (case.isNull("block")) {
                assertThrows(IllegalArgumentException::class.java) { choose() }
            } else {
                assertEquals(case.size("block"), choose())
            }
        }
    }

    @Test
    fun `mirrors are those that were written down`() {
        for (case in golden.objects("mirrors")) {
            val sources = sourceIndices(case.getInt("start"), case.getInt("stop"), case.getInt("length"))
            assertEquals(case.getJSONArray("source").toInts(), sources.toList())
        }
    }

    @Test
    fun `10000 random plans have the checksums that Python computed`() {
        val golden = golden("random_plans.json")
        val checksums = golden.getJSONArray("crc32_of_groups")
        assertEquals(10_000, checksums.length() * golden.getInt("cases_in_group"))
        for (group in 0 until checksums.length()) {
            assertEquals("group $group", checksums.getString(group), groupChecksum(group, golden))
        }
    }

    private fun groupChecksum(group: Int, golden: JSONObject): String {
        val draw = Draw(group.toLong())
        val lines = StringBuilder()
        repeat(golden.getInt("cases_in_group")) {
            val photo = Size(1 + draw.below(4000), 1 + draw.below(4000))
            val haloPx = 16 * draw.below(10)
            val budgetPx = 200_000 + draw.below(2_000_000)
            val plan = BlockPlan(photo, chooseBlock(photo, haloPx, 1.0, budgetPx.toLong()), haloPx)
            val boxes =
                plan.blocks.flatMap { listOf(it.read, it.own, it.kept) }.joinToString(" ") {
                    "${it.top},${it.left},${it.bottom},${it.right}"
                }
            lines.append("$photo $haloPx $budgetPx ${plan.block} $boxes\n")
        }
        return checksum(lines.toString().toByteArray())
    }

    /** The generator of tests/golden/write_random_plans.py. */
    private class Draw(
        private var state: Long,
    ) {
        fun below(limit: Int): Int {
            state = (state * 1664525 + 1013904223) and 0xffffffff
            return ((state shr 8) % limit).toInt()
        }
    }
}

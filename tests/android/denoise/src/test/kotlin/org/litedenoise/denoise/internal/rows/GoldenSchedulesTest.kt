package org.litedenoise.denoise.internal.rows

import org.json.JSONArray
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Test
import org.litedenoise.denoise.internal.releasedModel
import org.litedenoise.tiling.MARGIN_PX
import org.litedenoise.tiling.Size
import org.litedenoise.tiling.paddedLength
import java.io.File
import java.util.zip.CRC32

/** The schedules and plans of tests/golden/write_schedules.py, which Python made. */
class GoldenSchedulesTest {
    private val golden = JSONObject(File(System.getProperty("repository"), "tests/golden/schedules.json").readText())
    private val network = releasedModel().network
    private val nodes = network.nodes

    @Test
    fun `the network is cut into the stages that were written down, at their cost`() {
        assertEquals(golden.getInt("margin_px"), MARGIN_PX)
        val expected = golden.objects("nodes")
        assertEquals(expected.size, nodes.size)
        for ((number, node) in nodes.withIndex()) {
            val written = expected[number]
            assertEquals(written.getInt("level"), node.level)
            assertEquals(written.getInt("overlap_px"), node.overlapPx)
            val reads = written.objects("reads")
            assertEquals(reads.map { it.getInt("node") }, node.reads.map { it.node })
            assertEquals(reads.map(::window), node.reads.map { it.window })
            if (number == PICTURE) continue
            val cost = network.costs[number - 1]
            assertEquals(written.getDouble("tile_bytes"), cost.tileBytes, 1e-9)
            assertEquals(written.getInt("row_bytes"), cost.rowBytes)
            assertEquals(written.getDouble("macs"), cost.macs, 1e-6)
        }
    }

    @Test
    fun `schedules are those that were written down`() {
        for (written in golden.objects("schedules")) {
            val plan = scheduled(written.getInt("height"), Pace(written.getInt("rows_px"), written.getBoolean("early")))
            assertEquals(written.getJSONArray("ring_rows").toString(), JSONArray(plan.ringRows).toString())
            val bands = written.getJSONArray("bands")
            assertEquals(written.getJSONArray("waits").toString(), waits(plan))
            for (node in nodes.indices) {
                for (number in plan.bands[node].indices) {
                    val band = bands.getJSONArray(node).getJSONObject(number)
                    assertEquals(band.getInt("due"), plan.due(node, number))
                    assertEquals(band.getJSONArray("rows").toString(), json(plan.bands[node][number]))
                }
                assertEquals(bands.getJSONArray(node).length(), plan.bands[node].count)
            }
        }
    }

    @Test
    fun `150 random schedules have the checksums that Python computed`() = assertChecksums("crc32_of_groups", ::randomCase)

    @Test
    fun `so does what their bands wait for`() = assertChecksums("crc32_of_waits") { waits(randomSchedule(it)) }

    private fun assertChecksums(key: String, write: (Draw) -> String) {
        val checksums = golden.getJSONArray(key)
        assertEquals(150, checksums.length() * golden.getInt("cases_in_group"))
        for (group in 0 until checksums.length()) {
            val draw = Draw(group.toLong())
            val lines = StringBuilder()
            repeat(golden.getInt("cases_in_group")) { lines.append(write(draw)).append("\n") }
            val crc = CRC32().apply { update(lines.toString().toByteArray()) }
            assertEquals("group $group", checksums.getString(group), "%08x".format(crc.value))
        }
    }

    @Test
    fun `plans are those that were written down`() {
        for (written in golden.objects("plans")) {
            val (height, width) = written.getJSONArray("photo").let { Size(it.getInt(0), it.getInt(1)) }.let { it.height to it.width }
            val plan = chooseRows(network, Size(height, width), written.getLong("fixed_bytes"), written.getLong("budget_bytes"))
            assertEquals(written.getJSONArray("strips").toString(), plan.strips.joinToString(",", "[", "]") { "[${it.start},${it.stop}]" })
            assertEquals(written.getJSONArray("tiles").toString(), sizes(plan.tiles))
            assertEquals(written.getJSONArray("rings").toString(), sizes(plan.rings))
            assertEquals(written.getJSONArray("tile_counts").toString(), JSONArray(plan.tileCounts).toString())
            assertEquals(written.getLong("peak_memory_bytes"), plan.peakMemoryBytes)
            assertEquals(written.getDouble("work_factor"), plan.workFactor, 1e-6)
        }
    }

    private fun scheduled(height: Int, pace: Pace) =
        schedule(nodes, paddedLength(height), Interval(MARGIN_PX, MARGIN_PX + height), pace)

    private fun randomSchedule(draw: Draw): Schedule {
        val height = 1 + draw.below(2000)
        return scheduled(height, Pace(16 * (1 + draw.below(16)), draw.below(2) == 1))
    }

    /** As write_schedules.py draws it: a schedule and the columns of a strip as a line of JSON. */
    private fun randomCase(draw: Draw): String {
        val plan = randomSchedule(draw)
        val width = 1 + draw.below(2000)
        val longestPx = 16 + draw.below(300)
        val first = draw.below(width)
        val kept = Interval(MARGIN_PX + first, MARGIN_PX + first + 1 + draw.below(width - first))
        val side = paddedLength(width)
        val longest = listOf(side) + List(nodes.size - 1) { longestPx }
        val columns = cutColumns(nodes, side, listOf(kept), longest).single()
        val bands =
            nodes.indices.joinToString(",", "[", "]") { node ->
                plan.bands[node].indices.joinToString(",", "[", "]") { band ->
                    val rows = json(plan.bands[node][band])
                    "{\"rows\":$rows,\"due\":${plan.due(node, band)}}"
                }
            }
        val numbers = columns.joinToString(",", "[", "]") { pieces -> pieces.indices.joinToString(",", "[", "]") { json(pieces[it]) } }
        return "[${JSONArray(plan.ringRows)},$bands,${JSONArray(columns.map { it.ownPx })},$numbers]"
    }

    private fun json(piece: Piece) = "[${piece.all.start},${piece.all.stop},${piece.own.start},${piece.own.stop}]"

    private fun waits(plan: Schedule) =
        nodes.indices.joinToString(",", "[", "]") { node ->
            plan.bands[node].indices.joinToString(",", "[", "]") { band ->
                plan.waits(node, band).joinToString(",", "[", "]") { "[${it.node},${it.bands}]" }
            }
        }

    private fun sizes(sizes: List<Size>) = sizes.joinToString(",", "[", "]") { "[${it.height},${it.width}]" }

    private fun window(read: JSONObject) =
        Window(read.getInt("stride"), read.getInt("before_px"), read.getInt("after_px"), read.getBoolean("doubled"))

    private fun JSONObject.objects(key: String): List<JSONObject> =
        getJSONArray(key).let { array ->
            List(array.length(), array::getJSONObject)
        }

    private class Draw(
        private var state: Long,
    ) {
        fun below(limit: Int): Int {
            state = (state * 1664525 + 1013904223) and 0xffffffff
            return ((state shr 8) % limit).toInt()
        }
    }
}

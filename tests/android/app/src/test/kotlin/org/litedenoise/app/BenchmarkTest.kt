package org.litedenoise.app

import android.content.Intent
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.litedenoise.denoise.BlockTimer
import org.litedenoise.denoise.DenoiserOptions
import org.litedenoise.testing.JvmEngines
import org.litedenoise.tiling.Size
import org.robolectric.Robolectric
import java.io.File

/** The activity on the JVM's engine. */
class JvmBenchmarkActivity : BenchmarkActivity() {
    override fun open(options: DenoiserOptions, block: Size, seed: Long) =
        BlockTimer(this, options, block, seed, listOf(JvmEngines))
}

class BenchmarkTest : AppTest() {
    @Test
    fun `a benchmark writes every key that the harness reads`() {
        val extras = mapOf("block" to "64x48", "runs" to "4", "warm_up" to "1", "min_duration_ms" to "0", "threads" to "1")
        val result = result(extras)
        assertEquals(keys(golden()), keys(result))
        assertEquals(JSONObject.NULL, result.get("error"))
        assertEquals(4, result.getJSONArray("samples_us").length())
        assertEquals(1, result.getJSONArray("warm_up_us").length())
        assertEquals("[64,48]", result.getJSONArray("block").toString())
        assertEquals("auto" to "cpu", result.getString("requested") to result.getString("actual"))
        assertEquals(golden().getInt("total_operators"), result.getInt("total_operators"))
        val sidecar = JSONObject(File(repository, "models/released/litedenoisenet-int8.json").readText())
        assertEquals(sidecar.getString("sha256"), result.getString("model_sha256"))
        assertTrue(result.getInt("init_us") > 0 && result.getInt("first_us") > 0)
    }

    @Test
    fun `the longest duration ends a benchmark before its runs and its shortest`() {
        val extras = mapOf("block" to "16x16", "runs" to "100000", "warm_up" to "0", "max_duration_ms" to "1", "threads" to "1")
        val result = result(extras + ("min_duration_ms" to "3600000"))
        assertEquals(JSONObject.NULL, result.get("error"))
        assertTrue(result.getJSONArray("samples_us").length() in 1 until 100_000)
    }

    @Test
    fun `what cannot be measured is a result that says why`() {
        for ((extra, part) in listOf(
            ("block" to "100x64") to "multiples of 16",
            ("block" to "wide") to "HEIGHTxWIDTH",
            ("runs" to "0") to "runs must be",
            ("delegate" to "dsp") to "auto, cpu, gpu",
            ("model" to "../../secret") to "int8, fp16",
            ("threads" to "1e9") to "threads must be",
        )) {
            val result = measureBenchmark(intent(mapOf(extra)), { _, _, _ -> error("nothing is opened") }, { null })
            assertEquals(keys(golden()), keys(result))
            assertTrue(result.getString("error"), part in result.getString("error"))
            assertTrue(result.isNull("samples_us"))
        }
    }

    @Test
    fun `only builds for benchmarks and for debugging let others start it`() {
        val sources = File(repository, "android_app/app/src")
        assertFalse("Benchmark" in File(sources, "main/AndroidManifest.xml").readText())
        assertTrue(File(sources, "main").walk().none { "Benchmark" in it.name })
        val build = File(sources.parentFile, "build.gradle.kts").readText()
        assertTrue("""for (buildType in listOf("debug", "benchmark"))""" in build)
    }

    private fun result(extras: Map<String, String>): JSONObject {
        val activity = Robolectric.buildActivity(JvmBenchmarkActivity::class.java, intent(extras)).setup().get()
        waitUntil("measured") { activity.isFinishing }
        return JSONObject(File(app.getExternalFilesDir(null), "benchmark.json").readText())
    }

    private fun intent(extras: Map<String, String>) = Intent().apply { extras.forEach { (name, value) -> putExtra(name, value) } }

    private fun golden() = JSONObject(File(repository, "tests/golden/benchmark_result.json").readText())

    private fun keys(result: JSONObject): Set<String> = result.keys().asSequence().toSortedSet()
}

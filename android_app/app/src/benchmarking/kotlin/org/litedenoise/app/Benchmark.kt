package org.litedenoise.app

import android.content.Intent
import android.os.Build
import org.json.JSONArray
import org.json.JSONObject
import org.litedenoise.denoise.BlockTimer
import org.litedenoise.denoise.Delegate
import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.DenoiserOptions
import org.litedenoise.denoise.Precision
import org.litedenoise.tiling.Size
import java.io.File
import java.util.Locale

private const val SCHEMA_VERSION = 1
private const val NANOS_IN_MS = 1_000_000L

private val KEYS =
    listOf(
        *arrayOf("schema_version", "device", "sdk", "model", "model_sha256", "block", "threads", "seed"),
        *arrayOf("requested", "actual", "reason", "accelerated_operators", "total_operators"),
        *arrayOf("init_us", "first_us", "warm_up_us", "samples_us", "copies_us", "peak_memory_kb"),
        *arrayOf("thermal_status_before", "thermal_status_after", "error"),
    )

/** What to measure; a missing extra takes MLPerf Mobile's value for its quick mode. */
internal data class BenchmarkCase(
    val options: DenoiserOptions,
    val block: Size,
    val warmUp: Int,
    val runs: Int,
    val minDurationMs: Long,
    val maxDurationMs: Long,
    val cooldownMs: Long,
    val seed: Long,
) {
    /** MLPerf Mobile's rule: runs and shortest duration are both reached, within the longest. */
    fun goesOn(done: Int, nanos: Long): Boolean =
        (done < runs || nanos < minDurationMs * NANOS_IN_MS) && nanos < maxDurationMs * NANOS_IN_MS

    companion object {
        private const val MOST_RUNS = 100_000L
        private const val LONGEST_MS = 3_600_000L
        private const val MOST_THREADS = 64L
        private const val MOST_SIDE = 8192
        private const val STRIDE = 16
        private val SIZE = Regex("([0-9]{1,4})x([0-9]{1,4})")

        /** @throws IllegalArgumentException an extra that cannot be used. */
        fun of(intent: Intent): BenchmarkCase =
            BenchmarkCase(
                DenoiserOptions
                    .Builder()
                    .apply {
                        precision = choice(intent, "model", Precision.INT8, Precision.entries)
                        delegate = choice(intent, "delegate", Delegate.AUTO, Delegate.entries)
                        threads = number(intent, "threads", 4, 1..MOST_THREADS).toInt()
                    }.build(),
                block(intent.getStringExtra("block") ?: "512x512"),
                warmUp = number(intent, "warm_up", 3, 0..MOST_RUNS).toInt(),
                runs = number(intent, "runs", 128, 1..MOST_RUNS).toInt(),
                minDurationMs = number(intent, "min_duration_ms", 10_000, 0..LONGEST_MS),
                maxDurationMs = number(intent, "max_duration_ms", 60_000, 1..LONGEST_MS),
                cooldownMs = number(intent, "cooldown_ms", 0, 0..LONGEST_MS),
                seed = number(intent, "seed", 0, Long.MIN_VALUE..Long.MAX_VALUE),
            )

        private fun block(text: String): Size {
            val sides = SIZE.matchEntire(text)?.groupValues?.drop(1)?.map(String::toInt)
            require(sides != null && sides.all { it in STRIDE..MOST_SIDE && it % STRIDE == 0 }) {
                "block must be HEIGHTxWIDTH, multiples of $STRIDE up to $MOST_SIDE; got $text"
            }
            return Size(sides[0], sides[1])
        }

        private fun number(intent: Intent, name: String, otherwise: Long, range: LongRange): Long {
            val text = intent.getStringExtra(name) ?: return otherwise
            val value = text.toLongOrNull()
            require(value != null && value in range) { "$name must be an integer in $range; got $text" }
            return value
        }

        private fun <T : Enum<T>> choice(intent: Intent, name: String, otherwise: T, all: List<T>): T {
            val text = intent.getStringExtra(name) ?: return otherwise
            val found = all.firstOrNull { it.name.equals(text, ignoreCase = true) }
            return requireNotNull(found) { "$name must be one of ${all.joinToString { it.label }}; got $text" }
        }
    }
}

/**
 * Measures what [intent] asks for, on this thread. The result has every key of
 * tests/golden/benchmark_result.json; what could not be had is null, and `error` says why.
 */
internal fun measureBenchmark(
    intent: Intent,
    open: (DenoiserOptions, Size, Long) -> BlockTimer,
    thermalStatus: () -> Int?,
): JSONObject {
    val values =
        try {
            measured(BenchmarkCase.of(intent), open, thermalStatus)
        } catch (error: DenoiseException) {
            mapOf("error" to error.message)
        } catch (error: IllegalArgumentException) {
            mapOf("error" to error.message)
        }
    val device =
        mapOf(
            "schema_version" to SCHEMA_VERSION,
            "device" to "${Build.MANUFACTURER} ${Build.MODEL}",
            "sdk" to Build.VERSION.SDK_INT,
        )
    val result = JSONObject()
    for (key in KEYS) result.put(key, (device + values)[key] ?: JSONObject.NULL)
    return result
}

private fun measured(
    case: BenchmarkCase,
    open: (DenoiserOptions, Size, Long) -> BlockTimer,
    thermalStatus: () -> Int?,
): Map<String, Any?> {
    Thread.sleep(case.cooldownMs)
    val thermalBefore = thermalStatus()
    open(case.options, case.block, case.seed).use { timer ->
        val first = timer.run()
        val warmUp = List(case.warmUp) { timer.run() }
        val samples = ArrayList<Long>(case.runs)
        val started = System.nanoTime()
        val copies = ArrayList<Long>(case.runs)
        do {
            samples += timer.run()
            timer.copiesUs?.let { copies += it }
        } while (case.goesOn(samples.size, System.nanoTime() - started))
        return mapOf(
            "model" to case.options.precision.label,
            "model_sha256" to timer.modelSha256,
            "block" to JSONArray(listOf(case.block.height, case.block.width)),
            "threads" to case.options.threads,
            "seed" to case.seed,
            "requested" to case.options.delegate.label,
            "actual" to timer.actual.label,
            "reason" to timer.reason,
            "accelerated_operators" to timer.acceleratedOperators,
            "total_operators" to timer.totalOperators,
            "init_us" to timer.initUs,
            "first_us" to first,
            "warm_up_us" to JSONArray(warmUp),
            "samples_us" to JSONArray(samples),
            "copies_us" to copies.sorted().getOrNull(copies.size / 2),
            "peak_memory_kb" to peakMemoryKb(),
            "thermal_status_before" to thermalBefore,
            "thermal_status_after" to thermalStatus(),
        )
    }
}

private val Enum<*>.label: String get() = name.lowercase(Locale.ROOT)

/** The largest resident memory of this process so far. */
private fun peakMemoryKb(): Int? =
    File("/proc/self/status")
        .readLines()
        .firstOrNull { it.startsWith("VmHWM:") }
        ?.filter { it.isDigit() }
        ?.toInt()

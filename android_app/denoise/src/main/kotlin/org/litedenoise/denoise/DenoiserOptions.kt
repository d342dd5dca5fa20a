package org.litedenoise.denoise

import java.util.Locale

/** Number format of the weights and activations. */
public enum class Precision {
    INT8,
    FP16,
    FP32,
    ;

    /** Name of the model file without its suffix. */
    internal val modelName: String get() = "litedenoisenet-${name.lowercase(Locale.ROOT)}"
}

/** What runs the network. Which there are depends on the library's flavour and on the phone. */
public enum class Delegate { AUTO, CPU, GPU, NNAPI, NPU }

/**
 * How a [Denoiser] works: `DenoiserOptions.Builder().apply { delegate = Delegate.GPU }.build()`.
 *
 * @property precision the number format, and with it the model file.
 * @property delegate what to run on. Where it cannot be had, the CPU takes over and
 *   [RunReport.reason] says why.
 * @property threads CPU threads for one block, at least 1.
 * @property maxMemoryMb working memory in megabytes (10^6 bytes) that blocks are sized for.
 */
public class DenoiserOptions internal constructor(
    public val precision: Precision = Precision.INT8,
    public val delegate: Delegate = Delegate.AUTO,
    public val threads: Int = Runtime.getRuntime().availableProcessors().coerceIn(1, MOST_THREADS),
    public val maxMemoryMb: Int = DEFAULT_MEMORY_MB,
) {
    init {
        require(threads >= 1) { "threads must be at least 1; got $threads" }
        require(maxMemoryMb >= 1) { "maxMemoryMb must be at least 1; got $maxMemoryMb" }
    }

    /** Starts with the defaults; each property is described in [DenoiserOptions]. */
    public class Builder {
        private val defaults = DenoiserOptions()

        public var precision: Precision = defaults.precision
        public var delegate: Delegate = defaults.delegate
        public var threads: Int = defaults.threads
        public var maxMemoryMb: Int = defaults.maxMemoryMb

        /** @throws IllegalArgumentException a number out of its range. */
        public fun build(): DenoiserOptions = DenoiserOptions(precision, delegate, threads, maxMemoryMb)
    }

    private companion object {
        // Leaves room below 256 MB for what planning cannot see; android_app/README.md has measurements.
        const val DEFAULT_MEMORY_MB = 192

        // Phones have few fast cores; waiting for the slow ones costs more than they bring.
        const val MOST_THREADS = 4
    }
}

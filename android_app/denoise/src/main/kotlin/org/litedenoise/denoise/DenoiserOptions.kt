package org.litedenoise.denoise

import java.util.Locale

/** Number format of the weights and activations. More may be added. */
public enum class Precision {
    /** 8-bit integers: the fastest, and what neural processors run. */
    INT8,

    /** 16-bit float weights, which GPUs compute with as well. */
    FP16,

    /** 32-bit floats: the result that the others are compared with. */
    FP32,
    ;

    /** Name of the model file without its suffix. */
    internal val modelName: String get() = "litedenoisenet-${name.lowercase(Locale.ROOT)}"
}

/** What runs the network. Which are available depends on the library's flavour and the phone; more may be added. */
public enum class Delegate {
    /** The fastest that computes the same as the CPU, as measured on this phone. */
    AUTO,

    /** The CPU, which every phone has. */
    CPU,

    /** The GPU. */
    GPU,

    /** Android's Neural Networks API, deprecated since Android 15; only in the `interpreter` flavour. */
    NNAPI,

    /** A neural processor; only in the `compiled` flavour. */
    NPU,
}

/**
 * How a [Denoiser] works: `DenoiserOptions.Builder().apply { delegate = Delegate.GPU }.build()`.
 *
 * @property precision the number format, and with it the model file.
 * @property delegate what to run on. If it is not available, the CPU takes over and
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

    /** Starts with the defaults. */
    public class Builder {
        private val defaults = DenoiserOptions()

        /** See [DenoiserOptions.precision]. */
        public var precision: Precision = defaults.precision

        /** See [DenoiserOptions.delegate]. */
        public var delegate: Delegate = defaults.delegate

        /** See [DenoiserOptions.threads]. */
        public var threads: Int = defaults.threads

        /** See [DenoiserOptions.maxMemoryMb]. */
        public var maxMemoryMb: Int = defaults.maxMemoryMb

        /** Options with these values. Throws IllegalArgumentException for a number out of its range. */
        public fun build(): DenoiserOptions = DenoiserOptions(precision, delegate, threads, maxMemoryMb)
    }

    private companion object {
        // Leaves room below 256 MB for what planning cannot see; android_app/README.md has measurements.
        const val DEFAULT_MEMORY_MB = 192

        // Phones have few fast cores; waiting for the slow ones costs more than they add.
        const val MOST_THREADS = 4
    }
}

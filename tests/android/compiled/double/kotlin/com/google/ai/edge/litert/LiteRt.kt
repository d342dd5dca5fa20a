package com.google.ai.edge.litert

import android.content.Context
import java.io.File
import java.util.concurrent.atomic.AtomicBoolean

/*
 * A test double of LiteRT 2.x's Kotlin interface, which is on Google's Maven repository alone. Its
 * network gives the input back. What the `compiled` flavour calls is compared name by name with
 * signatures.txt; how it behaves is written after google-ai-edge/LiteRT, tag v2.2.0: litert/kotlin,
 * and for what runs where litert/runtime/compiled_model.cc.
 */

enum class Accelerator(
    val value: Int,
) {
    NONE(0),
    CPU(1),
    GPU(2),
    NPU(3),
}

enum class Status(
    val code: Int,
) {
    ErrorRuntimeFailure(3),
    ErrorCompilation(504),
}

class LiteRtException(
    @Suppress("unused") private val status: Status,
    message: String,
) : Exception(message)

/** What is open is in [Phone.open], so that tests see what was left behind. */
abstract class JniHandle internal constructor(
    internal val handle: Long,
) : AutoCloseable {
    private val destroyed = AtomicBoolean()

    init {
        Phone.open += this
    }

    protected fun assertNotDestroyed() = check(!destroyed.get()) { "The handle has been destroyed." }

    protected abstract fun destroy()

    final override fun close() {
        if (!destroyed.compareAndSet(false, true)) return
        Phone.open -= this
        destroy()
    }
}

interface NpuCompatibilityChecker {
    fun isDeviceSupported(): Boolean

    companion object {
        val Default =
            object : NpuCompatibilityChecker {
                override fun isDeviceSupported() = Phone.hasNpu
            }
    }
}

interface NpuAcceleratorProvider {
    fun isDeviceSupported(): Boolean

    fun isLibraryReady(): Boolean

    suspend fun downloadLibrary()

    fun getLibraryDir(): String
}

class BuiltinNpuAcceleratorProvider
    @JvmOverloads
    constructor(
        @Suppress("UNUSED_PARAMETER") context: Context,
        private val npuCompatibilityChecker: NpuCompatibilityChecker = NpuCompatibilityChecker.Default,
    ) : NpuAcceleratorProvider {
        override fun isDeviceSupported() = npuCompatibilityChecker.isDeviceSupported()

        override fun isLibraryReady() = true

        override suspend fun downloadLibrary() = Unit

        override fun getLibraryDir() = "/data/app/org.litedenoise.app/lib/arm64"
    }

class Environment private constructor(
    handle: Long,
    internal val dispatchLibraryDir: String?,
    internal val cachesPrograms: Boolean,
) : JniHandle(handle) {
    enum class Option(
        val value: Int,
    ) {
        CompilerPluginLibraryDir(0),
        DispatchLibraryDir(1),
    }

    override fun destroy() = Unit

    /** LiteRT registers an accelerator for NPUs as soon as it has a folder to look for libraries in. */
    fun getAvailableAccelerators(): Set<Accelerator> {
        assertNotDestroyed()
        val npu = if (dispatchLibraryDir != null) setOf(Accelerator.NPU) else emptySet()
        return Phone.accelerators + npu
    }

    companion object {
        @JvmOverloads
        @JvmStatic
        fun create(
            @Suppress("UNUSED_PARAMETER") context: Context,
            options: Map<Option, String> = mapOf(),
            enableCompilerCache: Boolean = true,
        ) = Environment(1, options[Option.DispatchLibraryDir], enableCompilerCache)

        @JvmOverloads
        @JvmStatic
        fun create(
            context: Context,
            npuAcceleratorProvider: NpuAcceleratorProvider,
            options: Map<Option, String> = mapOf(),
            enableCompilerCache: Boolean = true,
        ): Environment {
            val usable = npuAcceleratorProvider.isDeviceSupported() && npuAcceleratorProvider.isLibraryReady()
            val folder = if (usable) npuAcceleratorProvider.getLibraryDir() else null
            return create(context, options + listOfNotNull(folder?.let { Option.DispatchLibraryDir to it }), enableCompilerCache)
        }
    }
}

class TensorBuffer internal constructor(
    handle: Long,
) : JniHandle(handle) {
    internal var content: Any = Unit

    fun writeInt8(data: ByteArray) {
        assertNotDestroyed()
        content = data.copyOf()
    }

    fun writeFloat(data: FloatArray) {
        assertNotDestroyed()
        content = data.copyOf()
    }

    fun readInt8(): ByteArray = content as ByteArray

    fun readFloat(): FloatArray = content as FloatArray

    override fun destroy() = Unit
}

class CompiledModel private constructor(
    handle: Long,
) : JniHandle(handle) {
    data class CpuOptions(
        val numThreads: Int? = null,
        val xnnPackFlags: Int? = null,
        val xnnPackWeightCachePath: String? = null,
    )

    /** All 15 of its options, as a default argument counts them. */
    data class GpuOptions(
        val constantTensorSharing: Boolean? = null,
        val infiniteFloatCapping: Boolean? = null,
        val allowSrcQuantizedFcConvOps: Boolean? = null,
        val precision: Precision? = null,
        val bufferStorageType: BufferStorageType? = null,
        val preferTextureWeights: Boolean? = null,
        val serializationDir: String? = null,
        val modelCacheKey: String? = null,
        val serializeProgramCache: Boolean? = null,
        val serializeExternalTensors: Boolean? = null,
        val externalTensorsMode: Boolean? = null,
        val externalTensorPattern: String? = null,
        val backend: Backend? = null,
        val priority: Priority? = null,
        val numStepsOfCommandBufferPreparations: Int? = null,
    ) {
        enum class Precision { DEFAULT, FP16, FP32 }

        enum class BufferStorageType { DEFAULT, BUFFER, TEXTURE_2D }

        enum class Backend { AUTOMATIC, OPENCL, OPENGL }

        enum class Priority { DEFAULT, LOW, NORMAL, HIGH }
    }

    data class QualcommOptions(
        val logLevel: LogLevel? = null,
        val useHtpPreference: Boolean? = null,
        val useQint16AsQuint16: Boolean? = null,
        val enableWeightSharing: Boolean? = null,
        val dumpTensorIds: List<Int>? = null,
        val useConvHmx: Boolean? = null,
        val useFoldRelu: Boolean? = null,
        val htpPerformanceMode: HtpPerformanceMode? = null,
        val profiling: Profiling? = null,
        val irJsonDir: String? = null,
        val dlcDir: String? = null,
        val vtcmSize: Int? = null,
        val numHvxThreads: Int? = null,
        val optimizationLevel: OptimizationLevel? = null,
    ) {
        enum class LogLevel { OFF, ERROR }

        enum class HtpPerformanceMode { DEFAULT, SUSTAINED_HIGH_PERFORMANCE, BURST }

        enum class Profiling { OFF, BASIC }

        enum class OptimizationLevel { HTP_OPTIMIZE_FOR_INFERENCE }
    }

    class Options(
        internal val accelerators: Set<Accelerator>,
    ) {
        constructor(vararg accelerators: Accelerator) : this(setOf(*accelerators))

        var cpuOptions: CpuOptions? = null
        var gpuOptions: GpuOptions? = null
        var qualcommOptions: QualcommOptions? = null

        companion object {
            @JvmStatic val CPU = Options(Accelerator.CPU)
        }
    }

    fun createInputBuffers(signatureIndex: Int = 0): List<TensorBuffer> = listOf(TensorBuffer(signatureIndex + 1L))

    fun createOutputBuffers(signatureIndex: Int = 0): List<TensorBuffer> = listOf(TensorBuffer(signatureIndex + 1L))

    fun run(
        inputs: List<TensorBuffer>,
        outputs: List<TensorBuffer>,
        @Suppress("UNUSED_PARAMETER") signatureIndex: Int = 0,
    ) {
        assertNotDestroyed()
        if (Phone.failsToRun) throw LiteRtException(Status.ErrorRuntimeFailure, "device lost")
        outputs.single().content = inputs.single().content
    }

    override fun destroy() = Unit

    companion object {
        @JvmOverloads
        @JvmStatic
        fun create(
            filePath: String,
            options: Options = Options.CPU,
            optionalEnv: Environment? = null,
        ): CompiledModel {
            // As the real one does: an NPU named alone gets the CPU beside it, without a word.
            val alone = options.accelerators == setOf(Accelerator.NPU)
            val accelerators = if (alone) setOf(Accelerator.NPU, Accelerator.CPU) else options.accelerators
            val ran = Phone.runs(accelerators)
            Phone.compiled += Phone.Compiled(File(filePath).readBytes().toList(), options, ran, optionalEnv)
            return CompiledModel(1)
        }
    }
}

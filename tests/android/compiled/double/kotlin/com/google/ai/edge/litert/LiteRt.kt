package com.google.ai.edge.litert

import android.content.Context
import java.io.File

/*
 * A test double: those signatures of LiteRT 2.3's Kotlin interface that the `compiled` flavour uses, as
 * the pages named below have them. Its network gives the input back. It is in no build but the tests':
 * the real library is on Google's Maven repository alone.
 *
 * Names of pages are below developers.google.com/edge/; classes are below
 * api/litert/kotlin/com/google/ai/edge/litert/, and the guide to all of it is litert/next/android_kotlin.
 */

/** Page: Accelerator. */
enum class Accelerator { NONE, CPU, GPU, NPU }

/** Page: LiteRtException. */
class LiteRtException(
    message: String,
) : Exception(message)

/** Page: JniHandle. What is open is in [Phone.open], so that tests see what was left behind. */
abstract class JniHandle internal constructor() : AutoCloseable {
    init {
        Phone.open += this
    }

    final override fun close() {
        check(Phone.open.remove(this)) { "closed twice" }
    }
}

/** Page: NpuAcceleratorProvider. */
interface NpuAcceleratorProvider

/** Page: BuiltinNpuAcceleratorProvider; its use is shown on litert/next/npu. */
class BuiltinNpuAcceleratorProvider(
    @Suppress("UNUSED_PARAMETER") context: Context,
) : NpuAcceleratorProvider

/** Page: Environment. */
class Environment private constructor(
    private val hasNpuLibraries: Boolean,
) : JniHandle() {
    fun getAvailableAccelerators(): Set<Accelerator> =
        Phone.accelerators.filter { it != Accelerator.NPU || hasNpuLibraries }.toSet()

    companion object {
        fun create(
            @Suppress("UNUSED_PARAMETER") context: Context,
        ) = Environment(hasNpuLibraries = false)

        fun create(
            @Suppress("UNUSED_PARAMETER") context: Context,
            @Suppress("UNUSED_PARAMETER") npuAcceleratorProvider: NpuAcceleratorProvider,
        ) = Environment(hasNpuLibraries = true)
    }
}

/** Page: CompiledModel; its use is shown on litert/next/android_kotlin and litert/next/gpu. */
class CompiledModel private constructor() : JniHandle() {
    /** Page: CompiledModel.CpuOptions. */
    data class CpuOptions(
        val numThreads: Int? = null,
    )

    /** Page: CompiledModel.Options. */
    class Options(
        vararg accelerators: Accelerator,
    ) {
        internal val accelerators = accelerators.toSet()
        var cpuOptions: CpuOptions? = null
    }

    fun createInputBuffers(): List<TensorBuffer> = listOf(TensorBuffer())

    fun createOutputBuffers(): List<TensorBuffer> = listOf(TensorBuffer())

    fun run(inputs: List<TensorBuffer>, outputs: List<TensorBuffer>) {
        if (Phone.failsToRun) throw LiteRtException("device lost")
        outputs.single().content = inputs.single().content
    }

    companion object {
        fun create(
            filePath: String,
            options: Options,
            @Suppress("UNUSED_PARAMETER") optionalEnv: Environment,
        ): CompiledModel {
            if (Phone.failsToCompile) throw LiteRtException("unsupported operator")
            Phone.compiled += Phone.Compiled(File(filePath).readBytes().toList(), options.accelerators, options.cpuOptions)
            return CompiledModel()
        }
    }
}

/** Page: TensorBuffer. */
class TensorBuffer internal constructor() : JniHandle() {
    internal var content: Any = Unit

    fun writeInt8(data: ByteArray) {
        content = data.copyOf()
    }

    fun writeFloat(data: FloatArray) {
        content = data.copyOf()
    }

    fun readInt8(): ByteArray = content as ByteArray

    fun readFloat(): FloatArray = content as FloatArray
}

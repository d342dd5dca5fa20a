package org.litedenoise.denoise.engine

import android.content.Context
import com.google.ai.edge.litert.Accelerator
import com.google.ai.edge.litert.BuiltinNpuAcceleratorProvider
import com.google.ai.edge.litert.CompiledModel
import com.google.ai.edge.litert.Environment
import com.google.ai.edge.litert.LiteRtException
import com.google.ai.edge.litert.TensorBuffer
import org.litedenoise.denoise.Delegate
import org.litedenoise.tiling.Size
import java.io.File
import java.io.IOException
import java.nio.ByteBuffer

/** The `compiled` flavour: LiteRT 2.x's CompiledModel. */
internal fun flavourEngines(context: Context): List<BlockEngineFactory> =
    listOf(Delegate.NPU to Accelerator.NPU, Delegate.GPU to Accelerator.GPU, Delegate.CPU to Accelerator.CPU)
        .map { (delegate, accelerator) -> CompiledEngines(delegate, accelerator, context) }

// Compiling takes long for each size, on the phone or ahead of time: one for photos, whose speed is published
// for NPUs, and the one that they are tried with, which does for tiny pictures.
private val NPU_BLOCKS = listOf(Size(1088, 1920), Size(256, 256))

/**
 * Networks compiled for [accelerator]: for an NPU ahead of time, where the app carries it for this phone's chip,
 * else by LiteRT when a block size is first used; it keeps that in the app's cache.
 */
private class CompiledEngines(
    override val delegate: Delegate,
    private val accelerator: Accelerator,
    private val context: Context,
) : BlockEngineFactory {
    override val blocks = if (accelerator == Accelerator.NPU) NPU_BLOCKS else emptyList()

    override fun open(model: EngineModel): BlockEngine {
        val opened = ArrayDeque<AutoCloseable>()
        try {
            val environment = environment().also(opened::addFirst)
            if (accelerator !in environment.getAvailableAccelerators()) {
                throw EngineException("LiteRT finds none on this phone")
            }
            val options = options(model)
            val file = stored(model).also { opened.addFirst(AutoCloseable { it.delete() }) }
            val compiled = CompiledModel.create(file.path, options, environment).also(opened::addFirst)
            val inputs = compiled.createInputBuffers().onEach(opened::addFirst)
            val output = compiled.createOutputBuffers().single().also(opened::addFirst)
            // LiteRT refused if any operator were left to the CPU.
            val accelerated = if (accelerator == Accelerator.CPU) null else model.totalOperators
            return CompiledEngine(compiled, inputs, output, model.quantized, accelerated, opened)
        } catch (error: EngineException) {
            throw opened.closedFor(error)
        } catch (error: LiteRtException) {
            throw opened.closedFor(EngineException("LiteRT cannot open the model: ${error.message}", error))
        } catch (error: IOException) {
            throw opened.closedFor(EngineException("the model cannot be stored for LiteRT: ${error.message}", error))
        } catch (error: LinkageError) {
            throw opened.closedFor(EngineException("its library cannot be loaded: ${error.message}", error))
        }
    }

    private fun options(model: EngineModel): CompiledModel.Options {
        // An NPU named alone gets the CPU beside it without a word, and would then be claimed for what the
        // CPU ran. With NONE as a second one LiteRT refuses what is not accelerated whole.
        val options =
            if (accelerator == Accelerator.NPU) {
                CompiledModel.Options(Accelerator.NPU, Accelerator.NONE)
            } else {
                CompiledModel.Options(accelerator)
            }
        options.cpuOptions = CompiledModel.CpuOptions(numThreads = model.threads)
        options.gpuOptions =
            CompiledModel.GpuOptions(
                serializationDir = model.cacheDir.path,
                modelCacheKey = model.token,
                serializeProgramCache = true,
            )
        options.qualcommOptions =
            CompiledModel.QualcommOptions(htpPerformanceMode = CompiledModel.QualcommOptions.HtpPerformanceMode.BURST)
        return options
    }

    private fun environment(): Environment =
        if (accelerator == Accelerator.NPU) {
            Environment.create(context, BuiltinNpuAcceleratorProvider(context))
        } else {
            Environment.create(context)
        }

    /** LiteRT 2.x's Kotlin interface takes a model from a file or an asset alone. */
    private fun stored(model: EngineModel): File {
        val file = File(model.cacheDir, "${model.token}.tflite")
        file.outputStream().channel.use { channel ->
            val ahead = if (accelerator == Accelerator.NPU) model.compiledAhead else null
            val content = (ahead ?: model.content).duplicate()
            content.clear()
            while (content.hasRemaining()) channel.write(content)
        }
        return file
    }

    private fun ArrayDeque<AutoCloseable>.closedFor(error: EngineException) = error.also { forEach(AutoCloseable::close) }
}

/**
 * One compiled network.
 *
 * @param opened what [close] closes, in this order.
 */
private class CompiledEngine(
    private val compiled: CompiledModel,
    private val inputs: List<TensorBuffer>,
    private val output: TensorBuffer,
    private val quantized: Boolean,
    override val acceleratedOperators: Int?,
    private val opened: Collection<AutoCloseable>,
) : BlockEngine {
    private val outputs = listOf(output)
    private val bytes = inputs.map { ByteArray(0) }.toTypedArray()
    private val floats = inputs.map { FloatArray(0) }.toTypedArray()

    override var copyNs = 0L
        private set

    // LiteRT's buffers read into arrays of their own making: one for each block, unlike all else here.
    override fun run(inputs: List<ByteBuffer>, output: ByteBuffer) {
        inputs.forEach(ByteBuffer::clear)
        output.clear()
        try {
            if (quantized) {
                around({ inputs.forEachIndexed(::writeBytes) }, { output.put(this.output.readInt8()) })
            } else {
                around({ inputs.forEachIndexed(::writeFloats) }, { output.asFloatBuffer().put(this.output.readFloat()) })
            }
        } catch (error: LiteRtException) {
            throw EngineException("LiteRT failed: ${error.message}", error)
        }
    }

    private fun writeBytes(number: Int, input: ByteBuffer) {
        if (bytes[number].size != input.remaining()) bytes[number] = ByteArray(input.remaining())
        inputs[number].writeInt8(bytes[number].also(input::get))
    }

    private fun writeFloats(number: Int, input: ByteBuffer) {
        val values = input.asFloatBuffer()
        if (floats[number].size != values.remaining()) floats[number] = FloatArray(values.remaining())
        inputs[number].writeFloat(floats[number].also(values::get))
    }

    /** Runs the network between two copies, whose time is kept. */
    private inline fun around(copyIn: () -> Unit, copyOut: () -> Unit) {
        val started = System.nanoTime()
        copyIn()
        val copied = System.nanoTime()
        compiled.run(inputs, outputs)
        val ran = System.nanoTime()
        copyOut()
        copyNs = copied - started + (System.nanoTime() - ran)
    }

    override fun close() = opened.forEach(AutoCloseable::close)
}

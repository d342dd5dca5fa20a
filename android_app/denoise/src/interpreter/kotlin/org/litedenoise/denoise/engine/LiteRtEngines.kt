package org.litedenoise.denoise.engine

import android.content.Context
import android.os.Build
import org.litedenoise.denoise.Delegate
import org.tensorflow.lite.Interpreter
import org.tensorflow.lite.gpu.GpuDelegate
import org.tensorflow.lite.gpu.GpuDelegateFactory
import org.tensorflow.lite.nnapi.NnApiDelegate
import java.nio.ByteBuffer

/** The `interpreter` flavour: LiteRT 1.4's Interpreter, whose packages still are `org.tensorflow.lite`. */
@Suppress("UNUSED_PARAMETER") // the other flavour needs it
internal fun flavourEngines(context: Context): List<BlockEngineFactory> = listOf(GpuEngines, NnapiEngines, CpuEngines)

/** One interpreter with at most one delegate. */
private class LiteRtEngine(
    model: EngineModel,
    private val delegate: AutoCloseable?,
    options: Interpreter.Options,
    override val acceleratedOperators: Int?,
) : BlockEngine {
    private val outputs = HashMap<Int, Any>(1)
    private val interpreter: Interpreter =
        try {
            Interpreter(model.content, options).apply { allocateTensors() }
        } catch (error: IllegalArgumentException) {
            delegate?.close()
            throw EngineException("LiteRT cannot open the model: ${error.message}", error)
        } catch (error: IllegalStateException) {
            delegate?.close()
            throw EngineException("LiteRT cannot open the model: ${error.message}", error)
        }

    override fun run(inputs: List<ByteBuffer>, output: ByteBuffer) {
        inputs.forEach(ByteBuffer::clear)
        output.clear()
        outputs[0] = output
        try {
            interpreter.runForMultipleInputsOutputs(inputs.toTypedArray(), outputs)
        } catch (error: IllegalArgumentException) {
            throw EngineException("LiteRT failed: ${error.message}", error)
        } catch (error: IllegalStateException) {
            throw EngineException("LiteRT failed: ${error.message}", error)
        }
    }

    override fun close() {
        interpreter.close()
        delegate?.close() // the interpreter uses it to its end
    }
}

/** XNNPACK's kernels. */
private object CpuEngines : BlockEngineFactory {
    override val delegate = Delegate.CPU

    override fun open(model: EngineModel): BlockEngine {
        val options = Interpreter.Options().setNumThreads(model.threads).setUseXNNPACK(true)
        return loading { LiteRtEngine(model, null, options, acceleratedOperators = null) }
    }
}

/** OpenCL, or OpenGL where that is missing; compiled programs are kept. */
private object GpuEngines : BlockEngineFactory {
    override val delegate = Delegate.GPU

    override fun open(model: EngineModel): BlockEngine =
        loading {
            val gpu =
                GpuDelegateFactory
                    .Options()
                    .setInferencePreference(GpuDelegateFactory.Options.INFERENCE_PREFERENCE_SUSTAINED_SPEED)
                    .setSerializationParams(model.cacheDir.path, model.token)
            val delegate = GpuDelegate(gpu)
            val options = Interpreter.Options().setNumThreads(model.threads).addDelegate(delegate)
            LiteRtEngine(model, delegate, options, acceleratedOperators = null)
        }
}

/** Android's Neural Networks API, without its own CPU implementation: better to decline than to be slow. */
private object NnapiEngines : BlockEngineFactory {
    override val delegate = Delegate.NNAPI

    override val notTriedByAuto = "NNAPI is deprecated since Android 15"

    override fun open(model: EngineModel): BlockEngine {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.P) {
            throw EngineException("NNAPI before Android 9 lacks this network's operators")
        }
        return loading {
            val nnapi =
                NnApiDelegate
                    .Options()
                    .setExecutionPreference(NnApiDelegate.Options.EXECUTION_PREFERENCE_SUSTAINED_SPEED)
                    .setUseNnapiCpu(false)
                    .setCacheDir(model.cacheDir.path)
                    .setModelToken(model.token)
            val delegate = NnApiDelegate(nnapi)
            val options = Interpreter.Options().setNumThreads(model.threads).addDelegate(delegate)
            LiteRtEngine(model, delegate, options, acceleratedOperators = null)
        }
    }
}

/** Native libraries are loaded by the first call, and delegates may refuse a phone in many ways. */
private inline fun loading(open: () -> BlockEngine): BlockEngine =
    try {
        open()
    } catch (error: LinkageError) {
        throw EngineException("its library cannot be loaded: ${error.message}", error)
    } catch (error: UnsupportedOperationException) {
        throw EngineException("not supported on this phone: ${error.message}", error)
    }

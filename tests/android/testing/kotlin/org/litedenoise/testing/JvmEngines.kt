package org.litedenoise.testing

import org.bytedeco.javacpp.BytePointer
import org.bytedeco.javacpp.Pointer
import org.bytedeco.tensorflowlite.BuiltinOpResolverWithXNNPACK
import org.bytedeco.tensorflowlite.FlatBufferModel
import org.bytedeco.tensorflowlite.Interpreter
import org.bytedeco.tensorflowlite.InterpreterBuilder
import org.litedenoise.denoise.Delegate
import org.litedenoise.denoise.engine.BlockEngine
import org.litedenoise.denoise.engine.BlockEngineFactory
import org.litedenoise.denoise.engine.EngineException
import org.litedenoise.denoise.engine.EngineModel
import java.nio.ByteBuffer

private const val OK = 0

/** Real inference on the JVM: TensorFlow Lite with XNNPACK's kernels, as on a phone. */
object JvmEngines : BlockEngineFactory {
    override val delegate = Delegate.CPU

    override fun open(model: EngineModel): BlockEngine = JvmEngine(model)
}

private class JvmEngine(
    model: EngineModel,
) : BlockEngine {
    // TensorFlow Lite reads the file where it lies for as long as the model lives.
    private val content = BytePointer(model.content)
    private val opened = FlatBufferModel.BuildFromBuffer(content, model.content.capacity().toLong())
    private val resolver = BuiltinOpResolverWithXNNPACK(true)
    private val interpreter = Interpreter(null as Pointer?)

    init {
        InterpreterBuilder(opened, resolver).use { builder ->
            check(builder.SetNumThreads(1), "take one thread") // more only spin on a busy machine
            check(builder.apply(interpreter), "open the model")
        }
        check(interpreter.AllocateTensors(), "allocate tensors")
    }

    override val acceleratedOperators: Int? = null

    override fun run(inputs: List<ByteBuffer>, output: ByteBuffer) {
        for ((number, input) in inputs.withIndex()) {
            Pointer.memcpy(interpreter.input_tensor(number.toLong()).data().data(), Pointer(input.rewind()), input.capacity().toLong())
        }
        check(interpreter.Invoke(), "run")
        Pointer.memcpy(Pointer(output.rewind()), interpreter.output_tensor(0).data().data(), output.capacity().toLong())
    }

    override fun close() {
        interpreter.close()
        resolver.close()
        opened.close()
    }

    private fun check(status: Int, what: String) {
        if (status != OK) throw EngineException("TensorFlow Lite could not $what: status $status")
    }
}

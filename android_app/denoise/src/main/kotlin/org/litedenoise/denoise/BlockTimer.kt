package org.litedenoise.denoise

import android.content.Context
import org.litedenoise.denoise.engine.BlockEngine
import org.litedenoise.denoise.engine.BlockEngineFactory
import org.litedenoise.denoise.engine.flavourEngines
import org.litedenoise.denoise.internal.EngineSelection
import org.litedenoise.denoise.internal.Model
import org.litedenoise.denoise.internal.Tensors
import org.litedenoise.denoise.internal.WorkFolder
import org.litedenoise.denoise.internal.chipName
import org.litedenoise.denoise.internal.chooseEngines
import org.litedenoise.denoise.internal.requireWorkerThread
import org.litedenoise.tiling.CHANNELS
import org.litedenoise.tiling.Size
import java.io.Closeable
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.Random

/**
 * Times the network alone on blocks of noise; for benchmarks. Use it from one worker thread.
 *
 * @param context of the app.
 * @param options what to run, and on what.
 * @param block size of the block, multiples of 16.
 * @param seed of the noise.
 * @param engines what to choose from, the fastest first; the CPU must be among them.
 * @throws DenoiseException the model cannot be used, or nothing runs it.
 */
public class BlockTimer(
    context: Context,
    private val options: DenoiserOptions,
    block: Size,
    seed: Long,
    engines: List<BlockEngineFactory> = flavourEngines(context),
) : Closeable {
    private val model: Model
    private val engines: EngineSelection<BlockEngine>
    private val inputs: List<ByteBuffer>
    private val output: ByteBuffer

    /** Time to open the model and its delegate, in microseconds. */
    public val initUs: Long

    init {
        requireWorkerThread()
        val folder = WorkFolder.of(context)
        val started = System.nanoTime()
        model = Model.load(options.precision, chipName(), context.assets::open)
        val engineModel = model.forEngine(block, folder.programs, options.threads)
        val choice = chooseEngines(context, options, engines, model)
        this.engines = EngineSelection.open(context, options.delegate, choice) { it.open(engineModel) }
        initUs = (System.nanoTime() - started) / NANOS_IN_US
        val pixels = ByteArray(Math.toIntExact(block.area * CHANNELS)).also { Random(seed).nextBytes(it) }
        val input = ByteBuffer.allocateDirect(model.tensorBytes(block)).order(ByteOrder.nativeOrder())
        output = ByteBuffer.allocateDirect(model.tensorBytes(block)).order(ByteOrder.nativeOrder())
        Tensors(model.sidecar.quantized).write(pixels, input)
        inputs = listOf(input)
    }

    /** See [RunReport.actual]. */
    public val actual: Delegate get() = engines.actual

    /** See [RunReport.reason]. */
    public val reason: String get() = engines.reason

    /** See [RunReport.acceleratedOperators]. */
    public val acceleratedOperators: Int? get() = engines.engine.acceleratedOperators

    /** See [RunReport.totalOperators]. */
    public val totalOperators: Int get() = model.totalOperators

    /** See [RunReport.modelSha256]. */
    public val modelSha256: String get() = model.sidecar.sha256

    /** Time of the last run spent on copies to and from the runtime's own buffers, in microseconds, or null. */
    public val copiesUs: Long? get() = engines.engine.copyNs?.let { it / NANOS_IN_US }

    /** Runs the block once and returns its time in microseconds. */
    public fun run(): Long {
        val started = System.nanoTime()
        engines.run { it.run(inputs, output) }
        return (System.nanoTime() - started) / NANOS_IN_US
    }

    override fun close(): Unit = engines.close()

    private companion object {
        const val NANOS_IN_US = 1000
    }
}

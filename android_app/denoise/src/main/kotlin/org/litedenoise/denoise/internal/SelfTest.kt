package org.litedenoise.denoise.internal

import org.json.JSONObject
import org.litedenoise.denoise.engine.BlockEngineFactory
import org.litedenoise.denoise.engine.EngineException
import org.litedenoise.tiling.Size
import java.io.File
import java.nio.ByteBuffer
import java.nio.ByteOrder

/**
 * The outcome of trying an accelerator on one block.
 *
 * @property problem why it must not be used, or null if it ran and computed the same as the CPU.
 * @property blockNs time of the block, [cpuNs] that of the same block on the CPU.
 */
internal class Trial(
    val problem: String?,
    val blockNs: Long,
    val cpuNs: Long,
) {
    /** Whether it beats the CPU by more than chance. */
    val isFaster: Boolean get() = problem == null && blockNs < CHANCE * cpuNs

    fun toJson(): JSONObject =
        JSONObject().put("problem", problem ?: JSONObject.NULL).put("block_ns", blockNs).put("cpu_ns", cpuNs)

    companion object {
        private const val CHANCE = 0.95

        fun of(json: JSONObject) =
            Trial(if (json.isNull("problem")) null else json.getString("problem"), json.getLong("block_ns"), json.getLong("cpu_ns"))
    }
}

/**
 * Runs one noisy block on an accelerator and on the CPU.
 *
 * @param block its size: one for all photos, so that a photo of another size is no reason to measure again.
 * @param nanoTime tells the time.
 */
internal class SelfTest(
    private val model: Model,
    private val programs: File,
    private val threads: Int,
    private val block: Size = Size(256, 256),
    private val nanoTime: () -> Long = System::nanoTime,
) {
    private val tensors = Tensors(model.sidecar.quantized)
    private val noisy = Agreement.noisyBlock(block)
    private val input = tensor().also { tensors.write(noisy, it) }
    private val output = tensor()

    /** @throws EngineException the CPU itself fails. */
    fun run(accelerator: BlockEngineFactory, cpu: BlockEngineFactory, onOpened: () -> Unit): Trial {
        val (result, blockNs) =
            try {
                measured(accelerator, onOpened)
            } catch (error: EngineException) {
                return Trial("declined: ${error.message}", 0, 0)
            }
        val (reference, cpuNs) = measured(cpu) {}
        val agreement = Agreement.of(block, noisy, reference, result)
        val same = agreement.isWithin(Agreement.bounds(model.sidecar.quantized))
        return Trial(if (same) null else "does not compute the same as the cpu: $agreement", blockNs, cpuNs)
    }

    /** The block's result, and the median of its times once everything is warm. */
    private fun measured(factory: BlockEngineFactory, onOpened: () -> Unit): Pair<ByteArray, Long> =
        factory.open(model.forEngine(block, programs, threads)).use { engine ->
            onOpened()
            engine.run(listOf(input), output)
            val times =
                List(RUNS) {
                    val started = nanoTime()
                    engine.run(listOf(input), output)
                    nanoTime() - started
                }
            val result = ByteArray(noisy.size).also { tensors.read(output, it) }
            result to times.sorted()[RUNS / 2]
        }

    private fun tensor(): ByteBuffer = ByteBuffer.allocateDirect(model.tensorBytes(block)).order(ByteOrder.nativeOrder())

    private companion object {
        const val RUNS = 3
    }
}

package org.litedenoise.denoise.internal

import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.FailureKind
import org.litedenoise.denoise.Precision
import org.litedenoise.denoise.engine.EngineModel
import org.litedenoise.denoise.internal.model.Graph
import org.litedenoise.denoise.internal.model.Stage
import org.litedenoise.denoise.internal.model.StageCutter
import org.litedenoise.denoise.internal.model.retile
import org.litedenoise.denoise.internal.rows.Network
import org.litedenoise.tiling.Size
import java.io.File
import java.io.IOException
import java.io.InputStream
import java.nio.BufferUnderflowException
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.security.MessageDigest

// LiteRT and its library, before a model is opened.
private const val BASELINE_BYTES = 24_000_000L

// XNNPACK keeps a pointer for each kernel position of each output pixel of every convolution.
private const val POINTER_TABLE_BYTES_PER_PX = 720.0
private const val ARENA_FRAGMENTATION = 1.2

/** A model file and what its sidecar says, checked to belong together. */
internal class Model(
    val sidecar: Sidecar,
    val precision: Precision,
    private val content: ByteArray,
    private val compiledAhead: CompiledAhead,
) {
    /** The network cut into stages. */
    val network: Network = guarded { Network(Graph.read(ByteBuffer.wrap(content))) }

    val totalOperators: Int get() = network.graph.operators.size

    /** Working memory: for every pixel of a block, and what is needed whatever its size. */
    val bytesPerPx: Double =
        POINTER_TABLE_BYTES_PER_PX + ARENA_FRAGMENTATION * sidecar.activationBytesPerPx + PIXEL_BUFFER_BYTES
    val fixedBytes: Long = BASELINE_BYTES + 3L * content.size

    /** The same for stages on the CPU: the file as it was read and cut, and the weights as XNNPACK packs them. */
    val fixedBytesInRows: Long =
        BASELINE_BYTES + 2L * content.size + network.parameters * if (sidecar.quantized) 1 else Float.SIZE_BYTES

    /** Bytes of the input, and of the output, for a block of this size. */
    fun tensorBytes(block: Size): Int =
        Math.toIntExact(block.area * CHANNEL_BYTES * if (sidecar.quantized) 1 else Float.SIZE_BYTES)

    /** What an engine needs to run blocks of this size; compiled programs are cached in [programs]. */
    fun forEngine(block: Size, programs: File, threads: Int) =
        EngineModel(
            content = retiled(block),
            quantized = sidecar.quantized,
            token = "${precision.modelName}-$block-${sidecar.sha256.take(16)}",
            cacheDir = programs,
            threads = threads,
            totalOperators = totalOperators,
            compiledAhead = compiledAhead.find(precision, block, sidecar.sha256),
        )

    /** What an engine needs to run one stage for tiles of this size. */
    fun forEngine(stage: Stage, tile: Size, programs: File, threads: Int) =
        EngineModel(
            content = StageCutter(network.graph, stage, tile).content(),
            quantized = sidecar.quantized,
            token = "${precision.modelName}-${stage.output}-$tile-${sidecar.sha256.take(16)}",
            cacheDir = programs,
            threads = threads,
            totalOperators = stage.operators.size,
        )

    private fun retiled(block: Size): ByteBuffer =
        guarded {
            val copy = ByteBuffer.allocateDirect(content.size).order(ByteOrder.nativeOrder())
            copy.put(content).rewind()
            retile(copy, block)
            copy
        }

    companion object {
        private const val CHANNEL_BYTES = 3
        private const val PIXEL_BUFFER_BYTES = 16

        /**
         * Reads a model and its sidecar.
         *
         * @param open takes a file's name.
         * @param chip of the phone, as Android names it, where it does.
         * @throws DenoiseException (MODEL) one is missing or damaged, or they do not belong together.
         */
        fun load(precision: Precision, chip: String? = null, open: (String) -> InputStream): Model {
            val (content, text) =
                try {
                    val name = precision.modelName
                    open("$name.tflite").use { it.readBytes() } to
                        open("$name.json").use { it.readBytes().toString(Charsets.UTF_8) }
                } catch (error: IOException) {
                    throw DenoiseException(
                        FailureKind.MODEL,
                        "the app does not carry the ${precision.modelName} model; take another precision",
                        error,
                    )
                }
            val sidecar = Sidecar.parse(text)
            val sha256 = MessageDigest.getInstance("SHA-256").digest(content).joinToString("") { "%02x".format(it) }
            if (sha256 != sidecar.sha256) {
                throw DenoiseException(
                    FailureKind.MODEL,
                    "the sidecar describes another file than ${precision.modelName}.tflite; take both from one release",
                )
            }
            return Model(sidecar, precision, content, CompiledAhead(chip, open))
        }

        private inline fun <T> guarded(read: () -> T): T {
            val problem =
                try {
                    return read()
                } catch (error: IllegalArgumentException) {
                    error
                } catch (error: IndexOutOfBoundsException) {
                    error
                } catch (error: NoSuchElementException) {
                    error
                } catch (error: BufferUnderflowException) {
                    error
                }
            throw DenoiseException(FailureKind.MODEL, "the model file cannot be used: ${problem.message}", problem)
        }
    }
}

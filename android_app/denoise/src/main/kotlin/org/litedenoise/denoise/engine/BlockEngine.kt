package org.litedenoise.denoise.engine

import org.litedenoise.denoise.Delegate
import org.litedenoise.tiling.Size
import java.io.Closeable
import java.io.File
import java.nio.ByteBuffer

/** A network, or a part of it, opened on one processor for blocks of one size. Used by one thread at a time. */
public interface BlockEngine : Closeable {
    /** Operators of the graph that run on the processor, or null if it does not say. */
    public val acceleratedOperators: Int?

    /** Time of the last block spent on copies to and from the runtime's own buffers, or null. */
    public val copyNs: Long? get() = null

    /**
     * Runs one block.
     *
     * @param inputs what the network reads, in its order.
     * @param output what it gives. All are direct buffers in native byte order, as large as the tensors;
     *   positions and limits are ignored.
     * @throws EngineException the processor failed.
     */
    public fun run(inputs: List<ByteBuffer>, output: ByteBuffer)
}

/** Opens engines of one kind, or declines. */
public interface BlockEngineFactory {
    /** What its engines run on; not [Delegate.AUTO]. */
    public val delegate: Delegate

    /** Why [Delegate.AUTO] skips it, or null if it is worth a try. */
    public val notTriedByAuto: String? get() = null

    /** Block sizes that it has programs for, in which photos are cut for it; empty where it takes any. */
    public val blocks: List<Size> get() = emptyList()

    /** Opens [model]. Throws [EngineException], with the reason, where this processor cannot run it. */
    public fun open(model: EngineModel): BlockEngine
}

/**
 * What an engine needs to open a network.
 *
 * @property content the .tflite file for this block size: a direct buffer in native byte order. On the CPU it
 *   may hold a part of the network, with several inputs.
 * @property quantized whether inputs and output are int8; otherwise they are float32.
 * @property token names this file among all others; for caches of compiled programs.
 * @property cacheDir where such caches may be kept.
 * @property threads CPU threads.
 * @property totalOperators operators of the graph.
 * @property compiledAhead the same network compiled ahead of time for this phone's neural processor, or null.
 */
public class EngineModel internal constructor(
    public val content: ByteBuffer,
    public val quantized: Boolean,
    public val token: String,
    public val cacheDir: File,
    public val threads: Int,
    public val totalOperators: Int,
    public val compiledAhead: ByteBuffer? = null,
)

/** A processor cannot run the network, or failed while it did. */
public class EngineException(
    message: String,
    cause: Throwable? = null,
) : Exception(message, cause)

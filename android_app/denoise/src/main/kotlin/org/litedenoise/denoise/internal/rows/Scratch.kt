package org.litedenoise.denoise.internal.rows

import org.litedenoise.denoise.internal.model.Stage
import org.litedenoise.tiling.CHANNELS
import org.litedenoise.tiling.MirroredPixels
import org.litedenoise.tiling.PixelSource
import org.litedenoise.tiling.Size
import org.litedenoise.tiling.ceilTo
import java.nio.ByteBuffer
import java.nio.ByteOrder

private const val ALIGNMENT_BYTES = 64

/** Memory through which one worker hands tiles to the network and takes them back, one at a time. */
internal class Scratch(
    plan: RowsPlan,
    photo: PixelSource,
) {
    private val tensors: List<List<ByteBuffer>>

    /** The photo as this worker reads it. */
    val photo = MirroredPixels(photo)

    /** Pixels of a tile, as they come from the photo or go to the result. */
    val pixels = ByteArray(pixelBytes(plan))

    init {
        val room = ByteBuffer.allocateDirect(roomBytes(plan))
        tensors = plan.network.stages.indices.map { stage -> slices(room, tensorBytes(plan, stage)) }
    }

    fun inputs(stage: Int): List<ByteBuffer> = tensors[stage].dropLast(1)

    fun output(stage: Int): ByteBuffer = tensors[stage].last()

    companion object {
        /** All of it; the pixels twice, as they may have to be mirrored. */
        fun bytes(plan: RowsPlan): Long = roomBytes(plan) + 2L * pixelBytes(plan)
    }
}

private fun pixelBytes(plan: RowsPlan): Int {
    val stages = plan.network.stages
    val reading = plan.network.nodes.indices.drop(1).filter { node -> plan.network.nodes[node].reads.any { it.node == PICTURE } }
    val seen = reading.maxOf { stages[it - 1].inputSizes(plan.tiles[it - 1])[0].area }
    return Math.toIntExact(maxOf(seen, plan.tiles.last().area) * CHANNELS)
}

private fun roomBytes(plan: RowsPlan): Int =
    plan.network.stages.indices.maxOf { stage -> tensorBytes(plan, stage).sumOf { ceilTo(it, ALIGNMENT_BYTES) } }

/** Of a stage's inputs, and of its output. */
private fun tensorBytes(plan: RowsPlan, stage: Int): List<Int> {
    val tile = plan.tiles[stage]
    val one: Stage = plan.network.stages[stage]
    val sizes: List<Size> = one.inputSizes(tile) + tile
    val tensors = one.inputs.map { it.tensor } + one.output
    return sizes.zip(tensors) { size, tensor -> Math.toIntExact(size.area * plan.network.graph.tensors[tensor].pixelBytes) }
}

private fun slices(room: ByteBuffer, lengths: List<Int>): List<ByteBuffer> {
    var start = 0
    return lengths.map { bytes ->
        val part = room.duplicate()
        part.limit(start + bytes)
        part.position(start)
        start += ceilTo(bytes, ALIGNMENT_BYTES)
        part.slice().order(ByteOrder.nativeOrder())
    }
}

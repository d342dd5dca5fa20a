package org.litedenoise.denoise.internal.rows

import org.litedenoise.denoise.internal.model.CONV_2D
import org.litedenoise.denoise.internal.model.Graph
import org.litedenoise.denoise.internal.model.Stage
import org.litedenoise.denoise.internal.model.findStages

private const val POINTER_BYTES = 8
private const val ARENA_FRAGMENTATION = 1.12

/**
 * What a stage takes for each pixel of its output.
 *
 * @property tileBytes memory of LiteRT, by pixel of a tile.
 * @property rowBytes memory of the output, by pixel.
 * @property macs multiplications with accumulation.
 */
internal class StageCost(
    val tileBytes: Double,
    val rowBytes: Int,
    val macs: Double,
)

/**
 * A network cut into stages.
 *
 * @property stages in the order in which they run.
 * @property nodes the picture, and then the stages.
 * @property costs of each stage.
 * @property macsPerPx of the whole network, for each pixel of the picture.
 */
internal class Network(
    val graph: Graph,
) {
    val stages: List<Stage> = findStages(graph)
    val nodes: Nodes = nodes(graph, stages)
    val costs: List<StageCost> = stages.map { cost(graph, it) }
    val macsPerPx: Double = macs(graph, graph.operators.indices.toList()) / graph.block.area

    /** Weights and biases. */
    val parameters: Long =
        graph.operators.filter { it.code == CONV_2D }.sumOf { convolution ->
            convolution.inputs.drop(1).sumOf { tensor -> graph.tensors[tensor].shape.fold(1L) { count, side -> count * side } }
        }
}

private fun nodes(graph: Graph, stages: List<Stage>): Nodes {
    val numbers = mutableMapOf(graph.input to PICTURE)
    val nodes = mutableListOf(Node(level = 0))
    for (stage in stages) {
        val reads = stage.inputs.map { Read(numbers.getValue(it.tensor), it.window) }
        numbers[stage.output] = nodes.size
        nodes += Node(stage.level, stage.overlapPx, reads)
    }
    return Nodes(nodes)
}

/**
 * Beside activations LiteRT holds XNNPACK's tables: for every output pixel of a convolution, a pointer to each
 * pixel under the kernel.
 */
private fun cost(graph: Graph, stage: Stage): StageCost {
    val output = graph.tensors[stage.output]
    val area = output.size.area
    val convolutions = stage.operators.map(graph.operators::get).filter { it.code == CONV_2D }
    val pointers = convolutions.sumOf { graph.tensors[it.inputs[1]].size.area * graph.tensors[it.outputs[0]].size.area }
    val activations = ARENA_FRAGMENTATION * peakActivationBytes(graph, stage)
    return StageCost(
        tileBytes = (POINTER_BYTES * pointers + activations) / area,
        rowBytes = output.pixelBytes,
        macs = macs(graph, stage.operators) / area,
    )
}

private fun macs(graph: Graph, operators: List<Int>): Double =
    operators.map(graph.operators::get).filter { it.code == CONV_2D }.sumOf { convolution ->
        val weights = graph.tensors[convolution.inputs[1]].shape.fold(1L) { count, side -> count * side }
        (weights * graph.tensors[convolution.outputs[0]].size.area).toDouble()
    }

/** The inputs, which LiteRT keeps, and the most that else is alive at one time. */
private fun peakActivationBytes(graph: Graph, stage: Stage): Long {
    val operators = stage.operators.map(graph.operators::get)
    val lastUse = operators.flatMapIndexed { step, operator -> operator.inputs.map { it to step } }.toMap()
    val bytes = { tensors: Collection<Int> -> tensors.sumOf { graph.tensors[it].bytes } }
    val alive = mutableSetOf<Int>()
    var peak = 0L
    for ((step, operator) in operators.withIndex()) {
        alive += operator.outputs.filter { graph.tensors[it].spatial }
        peak = maxOf(peak, bytes(alive))
        alive.removeAll { (lastUse[it] ?: step) <= step }
    }
    return peak + bytes(stage.inputs.map { it.tensor })
}

package org.litedenoise.denoise.internal.model

import org.litedenoise.denoise.internal.rows.Interval
import org.litedenoise.denoise.internal.rows.Window
import org.litedenoise.tiling.Size

/*
 * Cuts the network into stages, each of which looks only a few pixels around what it computes; the same
 * cuts as litedenoise_sdk.model.stages, where they are explained.
 */

/** From this level on each convolution is a stage of its own. */
private const val COARSE_LEVEL = 2

/** Another tensor that a stage reads, by its index, and which pixels of it. */
internal class StageInput(
    val tensor: Int,
    val window: Window,
)

/**
 * A part of a network's operators.
 *
 * @property operators indices into the network's operators, in the order in which they run.
 * @property output index of the tensor that goes out.
 * @property level how often the resolution of the output was halved.
 * @property overlapPx how far from a tile's border what it computes is right, in pixels.
 */
internal class Stage(
    val operators: List<Int>,
    val inputs: List<StageInput>,
    val output: Int,
    val level: Int,
    val overlapPx: Int,
) {
    /** Height and width of each input for a [tile], the size of the output. */
    fun inputSizes(tile: Size): List<Size> =
        inputs.map { Size(it.window.of(Interval(0, tile.height)).length, it.window.of(Interval(0, tile.width)).length) }
}

/**
 * The network's stages, in the order in which they run.
 *
 * @throws IllegalArgumentException the network cannot be cut like this.
 */
internal fun findStages(graph: Graph): List<Stage> {
    val groups = mutableListOf<MutableList<Int>>()
    for ((index, operator) in graph.operators.withIndex()) {
        if (!graph.tensors[operator.outputs[0]].spatial) continue
        if (groups.isEmpty() || graph.beginsStage(operator, groups.last())) groups += mutableListOf<Int>()
        groups.last() += index
    }
    return groups.map { graph.stage(it) }
}

/** Height and width of each tensor of a stage, for a [tile]. */
internal fun Graph.tileSizes(stage: Stage, tile: Size): Map<Int, Size> {
    val sizes = stage.inputs.map { it.tensor }.zip(stage.inputSizes(tile)).toMap(mutableMapOf())
    for (operator in stage.operators.map(operators::get)) {
        val source = sizes[operator.inputs[0]] ?: continue // it unpacks weights
        sizes[operator.outputs[0]] =
            when (operator.code) {
                RESIZE_NEAREST_NEIGHBOR -> Size(2 * source.height, 2 * source.width)
                CONV_2D -> tile
                else -> source
            }
    }
    return sizes
}

/** The convolution of a stage that is given what lies around a tile, and pads nothing. */
internal fun Graph.unpadded(stage: Stage): Operator? {
    if (stage.inputs.none { it.window.beforePx > 0 || it.window.afterPx > 0 }) return null
    return stage.operators.map(operators::get).first { it.code == CONV_2D }
}

private fun Graph.beginsStage(operator: Operator, group: List<Int>): Boolean {
    if (operator.stride > 1 || operator.code == RESIZE_NEAREST_NEIGHBOR) return true
    val codes = group.map { operators[it].code }
    if (operator.code != CONV_2D || CONV_2D !in codes) return false
    return level(operator.outputs[0]) >= COARSE_LEVEL || codes[0] == RESIZE_NEAREST_NEIGHBOR
}

private fun Graph.level(tensor: Int): Int =
    Int.SIZE_BITS - 1 - Integer.numberOfLeadingZeros(block.height / tensors[tensor].size.height)

/** The spatial operators of a stage together with those that unpack their weights. */
private fun Graph.stage(group: List<Int>): Stage {
    val members = group.map(operators::get)
    val inside = members.map { it.outputs[0] }.toSet()
    val outside = operators.filterIndexed { index, _ -> index !in group }.flatMap { it.inputs } + output
    val outputs = inside.intersect(outside.toSet())
    require(outputs.size == 1) { "expected one tensor out of each stage, got ${outputs.size}" }
    val read = members.flatMap { it.inputs }
    val unpacking = operators.indices.filter { operators[it].outputs[0].let { made -> made in read && !tensors[made].spatial } }
    val inputs = read.filter { tensors[it].spatial && it !in inside }.distinct()
    val (windows, overlapPx) = windows(members, inputs)
    return Stage(
        operators = (group + unpacking).sorted(),
        inputs = inputs.zip(windows, ::StageInput),
        output = outputs.single(),
        level = level(outputs.single()),
        overlapPx = overlapPx,
    )
}

/** What is read of each input, and the overlap of tiles. */
private fun Graph.windows(members: List<Operator>, inputs: List<Int>): Pair<List<Window>, Int> {
    val asTheyAre = inputs.map { Window() }
    val convolutions = members.filter { it.code == CONV_2D }
    val kernels = convolutions.map { tensors[it.inputs[1]].size.height }
    val first = convolutions.firstOrNull() ?: return asTheyAre to 0
    val upstream = members.subList(0, members.indexOf(first) + 1)
    val leading = upstream.flatMap { it.inputs }.toSet()
    val later = members.drop(upstream.size).flatMap { it.inputs }.toSet()
    if (inputs.any { it in leading && it in later }) {
        // Read once more further on, where what lies around the tile is in the way.
        require(first.stride == 1 && upstream[0].code != RESIZE_NEAREST_NEIGHBOR) {
            "expected nothing but a convolution to read what it halves"
        }
        return asTheyAre to kernels.sumOf { it / 2 }
    }
    val aroundPx = maxOf(kernels[0] - first.stride, 0) // of "same" padding, for even lengths
    val beforePx = aroundPx / 2
    val doubled = upstream.filter { it.code == RESIZE_NEAREST_NEIGHBOR }.map { it.inputs[0] }
    val windows =
        inputs.map { if (it in leading) Window(first.stride, beforePx, aroundPx - beforePx, it in doubled) else Window() }
    val overlapPx = kernels.drop(1).sumOf { it / 2 }
    require(doubled.isEmpty() || overlapPx == 0) { "expected one convolution behind each doubling" }
    return windows to overlapPx
}

package org.litedenoise.denoise.internal.model

import org.litedenoise.tiling.STRIDE_PX
import org.litedenoise.tiling.Size
import java.nio.ByteBuffer

/**
 * Makes a .tflite [file] a network for blocks of size [block], multiples of 16: heights and widths are
 * plain integers in it, and are overwritten where they stand, as litedenoise_sdk.model.retile does.
 *
 * @throws IllegalArgumentException not a TensorFlow Lite file, or not one of this family of networks.
 */
internal fun retile(file: ByteBuffer, block: Size) {
    require(block.height % STRIDE_PX == 0 && block.width % STRIDE_PX == 0) {
        "block sides must be multiples of $STRIDE_PX, got $block"
    }
    val graph = Graph.read(file)
    val before = graph.block
    val shapes =
        graph.tensors.filter(Tensor::spatial).associateWith {
            val shape = it.shape
            listOf(shape[0], shape[1] * block.height / before.height, shape[2] * block.width / before.width, shape[3])
        }
    for ((tensor, shape) in shapes) {
        tensor.table.putInts(Schema.Tensor.SHAPE, shape)
        tensor.table.putInts(Schema.Tensor.SHAPE_SIGNATURE, shape)
    }
    val buffers = graph.model.tables(Schema.Model.BUFFERS)
    for (operator in graph.operators.filter { it.code == RESIZE_NEAREST_NEIGHBOR }) {
        val output = graph.tensors[operator.outputs.single()]
        val sides = graph.tensors[operator.inputs[1]].table
        buffers[sides.int(Schema.Tensor.BUFFER)].putIntBytes(Schema.Buffer.DATA, shapes.getValue(output).subList(1, 3))
    }
    // A file may let two tensors share one list of integers; then the second spoiled the first.
    for ((tensor, shape) in shapes) {
        require(tensor.table.ints(Schema.Tensor.SHAPE) == shape) { "the file shares sizes between tensors; export it again" }
    }
}

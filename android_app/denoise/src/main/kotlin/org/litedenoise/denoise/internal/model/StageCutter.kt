package org.litedenoise.denoise.internal.model

import org.litedenoise.tiling.Size
import java.nio.ByteBuffer
import java.nio.ByteOrder

private const val SCHEMA_VERSION = 3
private const val VALID_PADDING = 1

/** Writes a [stage] of a network as a .tflite file of its own, for tiles of one size; see [content]. */
internal class StageCutter(
    private val graph: Graph,
    private val stage: Stage,
    private val tile: Size,
) {
    private val operators = stage.operators.map(graph.operators::get)
    private val kept = operators.flatMap { it.inputs + it.outputs }.distinct()
    private val numbers = kept.withIndex().associate { (number, tensor) -> tensor to number }
    private val sizes = graph.tileSizes(stage, tile)
    private val unpadded = graph.unpadded(stage)
    private val constants = graph.model.tables(Schema.Model.BUFFERS)

    // The first one is empty by convention.
    private val buffers = mutableListOf<Item>(Item.Fields())

    /** The file: a direct buffer. Its inputs are in the stage's order. */
    fun content(): ByteBuffer {
        val tensors = kept.map(::tensor)
        val subgraph =
            Item.Fields(
                Schema.SubGraph.TENSORS to Item.Tables(tensors),
                Schema.SubGraph.INPUTS to numbers(stage.inputs.map { it.tensor }),
                Schema.SubGraph.OUTPUTS to numbers(listOf(stage.output)),
                Schema.SubGraph.OPERATORS to Item.Tables(operators.map(::operator)),
            )
        val model =
            Item.Fields(
                Schema.Model.VERSION to Item.Scalar(SCHEMA_VERSION),
                Schema.Model.OPERATOR_CODES to Item.Tables(graph.model.tables(Schema.Model.OPERATOR_CODES).map { Item.Copy(it) }),
                Schema.Model.SUBGRAPHS to Item.Tables(listOf(subgraph)),
                Schema.Model.BUFFERS to Item.Tables(buffers),
            )
        return FlatbufferWriter.write(model, FILE_IDENTIFIER)
    }

    private fun tensor(index: Int): Item {
        val tensor = graph.tensors[index]
        val shape = sizes[index]?.let { listOf(1, it.height, it.width, tensor.shape[3]) } ?: tensor.shape
        val fields =
            mutableMapOf(
                Schema.Tensor.SHAPE to Item.ints(shape),
                Schema.Tensor.TYPE to Item.Scalar(tensor.table.byte(Schema.Tensor.TYPE)),
                Schema.Tensor.BUFFER to Item.Scalar(buffer(index)),
                Schema.Tensor.NAME to Item.text("$index"),
                Schema.Tensor.HAS_RANK to Item.Scalar(1),
            )
        tensor.table.table(Schema.Tensor.QUANTIZATION)?.let { fields[Schema.Tensor.QUANTIZATION] = quantization(it) }
        return Item.Fields(fields)
    }

    /** The number of the buffer that holds a constant's values. */
    private fun buffer(index: Int): Int {
        val values = resized(index) ?: constant(index) ?: return 0
        buffers += Item.Fields(Schema.Buffer.DATA to values)
        return buffers.size - 1
    }

    /** The size to which an operator resizes, where the tensor says that. */
    private fun resized(index: Int): Item? {
        val operator = operators.find { it.code == RESIZE_NEAREST_NEIGHBOR && it.inputs[1] == index } ?: return null
        val size = sizes.getValue(operator.outputs[0])
        val bytes = ByteBuffer.allocate(2 * Int.SIZE_BYTES).order(ByteOrder.LITTLE_ENDIAN)
        bytes.putInt(size.height).putInt(size.width).flip()
        return Item.Values(bytes.remaining(), bytes)
    }

    private fun constant(index: Int): Item? {
        val number = graph.tensors[index].table.int(Schema.Tensor.BUFFER)
        return constants[number].values(Schema.Buffer.DATA, 1)?.let { Item.Values(it.remaining(), it) }
    }

    private fun quantization(table: Table): Item {
        val fields = mutableMapOf<Int, Item>(Schema.Quantization.DIMENSION to Item.Scalar(table.int(Schema.Quantization.DIMENSION)))
        val vectors = mapOf(Schema.Quantization.SCALE to Float.SIZE_BYTES, Schema.Quantization.ZERO_POINT to Long.SIZE_BYTES)
        for ((field, itemBytes) in vectors) {
            table.values(field, itemBytes)?.let { fields[field] = Item.Values(it.remaining() / itemBytes, it) }
        }
        return Item.Fields(fields)
    }

    private fun operator(operator: Operator): Item {
        val options = operator.table.table(Schema.Operator.OPTIONS)
        val fields =
            mutableMapOf<Int, Item>(
                Schema.Operator.CODE to Item.Scalar(operator.table.int(Schema.Operator.CODE)),
                Schema.Operator.INPUTS to numbers(operator.inputs),
                Schema.Operator.OUTPUTS to numbers(operator.outputs),
                Schema.Operator.OPTIONS_TYPE to Item.Scalar(operator.table.byte(Schema.Operator.OPTIONS_TYPE)),
            )
        if (options != null) fields[Schema.Operator.OPTIONS] = if (operator === unpadded) withoutPadding(options) else Item.Copy(options)
        return Item.Fields(fields)
    }

    private fun withoutPadding(options: Table): Item {
        val fields = mutableMapOf<Int, Item>(Schema.Convolution.PADDING to Item.Scalar(VALID_PADDING))
        for (field in listOf(Schema.Convolution.ACTIVATION, Schema.Convolution.BIAS_TYPE)) {
            fields[field] = Item.Scalar(options.byte(field))
        }
        for (field in listOf(Schema.Convolution.STRIDE_WIDTH, Schema.Convolution.STRIDE_HEIGHT)) {
            fields[field] = Item.Scalar(options.int(field))
        }
        for (field in listOf(Schema.Convolution.DILATION_WIDTH, Schema.Convolution.DILATION_HEIGHT)) {
            fields[field] = Item.Scalar(options.int(field, absent = 1))
        }
        return Item.Fields(fields)
    }

    private fun numbers(tensors: List<Int>): Item = Item.ints(tensors.map(numbers::getValue))
}

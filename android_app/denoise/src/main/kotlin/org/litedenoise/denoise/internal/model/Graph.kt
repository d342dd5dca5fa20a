package org.litedenoise.denoise.internal.model

import org.litedenoise.tiling.Size
import java.nio.ByteBuffer
import java.nio.ByteOrder

// Codes of operators
internal const val CONV_2D = 3
internal const val RESIZE_NEAREST_NEIGHBOR = 97

internal const val FILE_IDENTIFIER = 0x334C4654 // "TFL3"

/** Numbers of fields in TensorFlow Lite's schema.fbs. */
internal object Schema {
    object Model {
        const val VERSION = 0
        const val OPERATOR_CODES = 1
        const val SUBGRAPHS = 2
        const val BUFFERS = 4
    }

    object OperatorCode {
        const val DEPRECATED_CODE = 0
        const val CUSTOM_CODE = 1
        const val BUILTIN_CODE = 3
    }

    object SubGraph {
        const val TENSORS = 0
        const val INPUTS = 1
        const val OUTPUTS = 2
        const val OPERATORS = 3
    }

    object Tensor {
        const val SHAPE = 0
        const val TYPE = 1
        const val BUFFER = 2
        const val NAME = 3
        const val QUANTIZATION = 4
        const val SHAPE_SIGNATURE = 7
        const val HAS_RANK = 8
    }

    object Quantization {
        const val SCALE = 2
        const val ZERO_POINT = 3
        const val DIMENSION = 6
    }

    object Operator {
        const val CODE = 0
        const val INPUTS = 1
        const val OUTPUTS = 2
        const val OPTIONS_TYPE = 3
        const val OPTIONS = 4
    }

    object Convolution {
        const val PADDING = 0
        const val STRIDE_WIDTH = 1
        const val STRIDE_HEIGHT = 2
        const val ACTIVATION = 3
        const val DILATION_WIDTH = 4
        const val DILATION_HEIGHT = 5
        const val BIAS_TYPE = 6
    }

    object Buffer {
        const val DATA = 0
    }
}

/**
 * A tensor of the network.
 *
 * @property shape activations (1, height, width, channels); weights (out, height, width, in).
 * @property itemBytes of one value.
 * @property spatial whether its height and width follow the block's.
 * @property zeroPoint the number that stands for 0.
 */
internal class Tensor(
    val table: Table,
    val shape: List<Int>,
    val itemBytes: Int,
    val spatial: Boolean,
    val zeroPoint: Int,
) {
    val size: Size get() = Size(shape[1], shape[2])
    val pixelBytes: Int get() = shape[3] * itemBytes
    val bytes: Long get() = itemBytes * shape.fold(1L) { count, side -> count * side }
}

/** An operator: its kind, the tensors that it reads and writes, and a convolution's stride, else 1. */
internal class Operator(
    val table: Table,
    val code: Int,
    val inputs: List<Int>,
    val outputs: List<Int>,
    val stride: Int,
)

/**
 * The network that a .tflite file holds: tensors, and operators in the order in which they run; [input]
 * and [output] index the tensors of shape (1, height, width, 3) at the two ends.
 */
internal class Graph private constructor(
    val model: Table,
    val tensors: List<Tensor>,
    val operators: List<Operator>,
    val input: Int,
    val output: Int,
) {
    val block: Size get() = tensors[input].size

    companion object {
        private val ITEM_BYTES = mapOf(0 to 4, 1 to 2, 2 to 4, 4 to 8, 7 to 2, 9 to 1)

        /**
         * @throws IllegalArgumentException not a TensorFlow Lite file, or not one of this family of networks.
         * @throws IndexOutOfBoundsException it is cut short or damaged.
         */
        fun read(file: ByteBuffer): Graph {
            require(file.capacity() > 8 && markOf(file) == FILE_IDENTIFIER) {
                "expected a TensorFlow Lite file, got ${file.capacity()} bytes without its mark"
            }
            val model = Table.root(file)
            val subgraph = model.tables(Schema.Model.SUBGRAPHS).single()
            val codes = model.tables(Schema.Model.OPERATOR_CODES).map(::code)
            val operators = subgraph.tables(Schema.SubGraph.OPERATORS).map { operator(it, codes[it.int(Schema.Operator.CODE)]) }
            val input = subgraph.ints(Schema.SubGraph.INPUTS).single()
            val spatial = spatialTensors(operators, input)
            val tensors = subgraph.tables(Schema.SubGraph.TENSORS).mapIndexed { index, table -> tensor(table, index in spatial) }
            return Graph(model, tensors, operators, input, subgraph.ints(Schema.SubGraph.OUTPUTS).single())
        }

        private fun markOf(file: ByteBuffer): Int = file.duplicate().order(ByteOrder.LITTLE_ENDIAN).getInt(4)

        private fun code(table: Table): Int {
            require(!table.has(Schema.OperatorCode.CUSTOM_CODE)) { "expected LiteRT's own operators, got another" }
            return maxOf(table.byte(Schema.OperatorCode.DEPRECATED_CODE), table.int(Schema.OperatorCode.BUILTIN_CODE))
        }

        private fun operator(table: Table, code: Int): Operator {
            val options = if (code == CONV_2D) table.table(Schema.Operator.OPTIONS) else null
            return Operator(
                table,
                code,
                table.ints(Schema.Operator.INPUTS),
                table.ints(Schema.Operator.OUTPUTS),
                options?.int(Schema.Convolution.STRIDE_WIDTH) ?: 1,
            )
        }

        private fun tensor(table: Table, spatial: Boolean): Tensor {
            val shape = table.ints(Schema.Tensor.SHAPE)
            require(!spatial || (shape.size == 4 && shape.all { it > 0 })) { "expected pictures between operators, got shape $shape" }
            val itemBytes = requireNotNull(ITEM_BYTES[table.byte(Schema.Tensor.TYPE)]) { "expected numbers of 8 to 64 bits" }
            val quantization = table.table(Schema.Tensor.QUANTIZATION)
            val zeroPoints = quantization?.values(Schema.Quantization.ZERO_POINT, Long.SIZE_BYTES)
            val zeroPoint = if (zeroPoints != null && zeroPoints.hasRemaining()) zeroPoints.getLong(0).toInt() else 0
            return Tensor(table, shape, itemBytes, spatial, zeroPoint)
        }

        /** What depends on the input picture. */
        private fun spatialTensors(operators: List<Operator>, input: Int): Set<Int> {
            val spatial = mutableSetOf(input)
            for (operator in operators) {
                if (operator.inputs.any { it in spatial }) spatial += operator.outputs
            }
            return spatial
        }
    }
}

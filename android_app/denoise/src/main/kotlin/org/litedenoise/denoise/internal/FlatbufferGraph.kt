package org.litedenoise.denoise.internal

import org.litedenoise.tiling.STRIDE_PX
import org.litedenoise.tiling.Size
import java.nio.ByteBuffer
import java.nio.ByteOrder

private const val RESIZE_NEAREST_NEIGHBOR = 97
private const val FILE_IDENTIFIER = 0x334C4654 // "TFL3"

/**
 * Changes the block size of a .tflite file: heights and widths are plain integers in it, and are
 * overwritten where they stand, as litedenoise_sdk.model.retile does.
 *
 * Field numbers are those of TensorFlow Lite's schema.fbs.
 *
 * @param file the whole file; changed by [retile].
 * @throws IllegalArgumentException not a TensorFlow Lite file, or not one of this family of networks.
 */
internal class FlatbufferGraph(
    file: ByteBuffer,
) {
    private val file = file.duplicate().order(ByteOrder.LITTLE_ENDIAN)
    private val model: Table
    private val subgraph: Table
    private val tensors: List<Table>
    private val operators: List<Table>

    init {
        require(file.capacity() > 8 && this.file.getInt(4) == FILE_IDENTIFIER) {
            "expected a TensorFlow Lite file, got ${file.capacity()} bytes without its mark"
        }
        model = Table(this.file.getInt(0))
        subgraph = model.tables(SUBGRAPHS).single()
        tensors = subgraph.tables(TENSORS)
        operators = subgraph.tables(OPERATORS)
    }

    val totalOperators: Int get() = operators.size

    val block: Size
        get() {
            val shape = shapeOf(subgraph.ints(INPUTS).single())
            return Size(shape[1], shape[2])
        }

    /** Makes it a network for blocks of size [block], multiples of 16. */
    fun retile(block: Size) {
        require(block.height % STRIDE_PX == 0 && block.width % STRIDE_PX == 0) {
            "block sides must be multiples of $STRIDE_PX, got $block"
        }
        val before = this.block
        val shapes =
            spatialTensors().associateWith { tensor ->
                val shape = shapeOf(tensor)
                require(shape.size == 4) { "expected pictures between operators, got shape $shape" }
                listOf(shape[0], shape[1] * block.height / before.height, shape[2] * block.width / before.width, shape[3])
            }
        for ((tensor, shape) in shapes) {
            tensors[tensor].putInts(SHAPE, shape)
            tensors[tensor].putInts(SHAPE_SIGNATURE, shape)
        }
        val codes = model.tables(OPERATOR_CODES).map { maxOf(it.byte(DEPRECATED_CODE), it.int(BUILTIN_CODE)) }
        val buffers = model.tables(BUFFERS)
        for (operator in operators.filter { codes[it.int(OPCODE_INDEX)] == RESIZE_NEAREST_NEIGHBOR }) {
            val output = operator.ints(OPERATOR_OUTPUTS).single()
            val sides = tensors[operator.ints(OPERATOR_INPUTS)[1]]
            buffers[sides.int(BUFFER)].putIntBytes(DATA, shapes.getValue(output).subList(1, 3))
        }
        // A file may let two tensors share one list of integers; then the second spoiled the first.
        for ((tensor, shape) in shapes) {
            require(shapeOf(tensor) == shape) { "the file shares sizes between tensors; export it again" }
        }
    }

    /** What depends on the input picture. */
    private fun spatialTensors(): Set<Int> {
        val spatial = subgraph.ints(INPUTS).toMutableSet()
        for (operator in operators) {
            if (operator.ints(OPERATOR_INPUTS).any { it in spatial }) spatial += operator.ints(OPERATOR_OUTPUTS)
        }
        return spatial
    }

    private fun shapeOf(tensor: Int): List<Int> = tensors[tensor].ints(SHAPE)

    /** One table of the flatbuffer, at [position]. Absent scalars are 0 and absent vectors empty. */
    private inner class Table(
        private val position: Int,
    ) {
        private val vtable = position - file.getInt(position)
        private val vtableBytes = file.getShort(vtable).toInt()

        fun int(field: Int): Int = offset(field)?.let { file.getInt(it) } ?: 0

        fun byte(field: Int): Int = offset(field)?.let { file.get(it).toInt() } ?: 0

        fun ints(field: Int): List<Int> {
            val start = vector(field) ?: return emptyList()
            return List(file.getInt(start)) { file.getInt(start + Int.SIZE_BYTES * (1 + it)) }
        }

        fun tables(field: Int): List<Table> {
            val start = vector(field) ?: return emptyList()
            return List(file.getInt(start)) {
                val entry = start + Int.SIZE_BYTES * (1 + it)
                Table(entry + file.getInt(entry))
            }
        }

        /** Overwrites a vector of integers of the same length, if it is there. */
        fun putInts(field: Int, values: List<Int>) = vector(field)?.let { put(it, values, values.size) }

        /** The same for integers inside a vector of bytes. */
        fun putIntBytes(field: Int, values: List<Int>) =
            put(requireNotNull(vector(field)), values, values.size * Int.SIZE_BYTES)

        private fun put(start: Int, values: List<Int>, length: Int) {
            require(file.getInt(start) == length) { "expected $length items, got ${file.getInt(start)}" }
            values.forEachIndexed { index, value -> file.putInt(start + Int.SIZE_BYTES * (1 + index), value) }
        }

        private fun vector(field: Int): Int? = offset(field)?.let { it + file.getInt(it) }

        private fun offset(field: Int): Int? {
            val slot = Short.SIZE_BYTES * (2 + field)
            if (slot >= vtableBytes) return null
            val offset = file.getShort(vtable + slot).toInt()
            return if (offset == 0) null else position + offset
        }
    }

    private companion object {
        // Model
        const val OPERATOR_CODES = 1
        const val SUBGRAPHS = 2
        const val BUFFERS = 4

        // OperatorCode
        const val DEPRECATED_CODE = 0
        const val BUILTIN_CODE = 3

        // SubGraph
        const val TENSORS = 0
        const val INPUTS = 1
        const val OPERATORS = 3

        // Tensor
        const val SHAPE = 0
        const val BUFFER = 2
        const val SHAPE_SIGNATURE = 7

        // Operator
        const val OPCODE_INDEX = 0
        const val OPERATOR_INPUTS = 1
        const val OPERATOR_OUTPUTS = 2

        // Buffer
        const val DATA = 0
    }
}

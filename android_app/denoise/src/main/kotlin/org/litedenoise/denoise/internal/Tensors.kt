package org.litedenoise.denoise.internal

import java.nio.ByteBuffer

private const val SIGN_BIT = 0x80
private const val MOST = 255f

/**
 * Between RGB bytes and the network's input and output, whose values are in 0 to 1. An int8 tensor counts in
 * 1/255 with zero point -128, so that pixels go through but for their sign bit.
 */
internal class Tensors(
    private val quantized: Boolean,
) {
    /** Writes [count] of [pixels], from [start] on, into the tensor, from its byte [at] on. */
    fun write(pixels: ByteArray, start: Int, count: Int, tensor: ByteBuffer, at: Int) {
        tensor.clear()
        tensor.position(at)
        if (quantized) {
            flip(pixels, start, count)
            tensor.put(pixels, start, count)
            flip(pixels, start, count)
        } else {
            val floats = tensor.asFloatBuffer()
            for (index in 0 until count) floats.put(index, (pixels[start + index].toInt() and 0xff) / MOST)
        }
        tensor.rewind()
    }

    /** Fills the tensor with as many [pixels]. */
    fun write(pixels: ByteArray, tensor: ByteBuffer): Unit = write(pixels, 0, pixels.size, tensor, 0)

    /** Reads the first [count] of [pixels]. Floats are rounded half up, as Python does. */
    fun read(tensor: ByteBuffer, pixels: ByteArray, count: Int = pixels.size) {
        tensor.clear()
        if (quantized) {
            tensor.get(pixels, 0, count)
            flip(pixels, 0, count)
        } else {
            val floats = tensor.asFloatBuffer()
            for (index in 0 until count) {
                pixels[index] = (floats.get(index) * MOST + 0.5f).coerceIn(0f, MOST).toInt().toByte()
            }
        }
        tensor.rewind()
    }

    private fun flip(pixels: ByteArray, start: Int, count: Int) {
        for (index in start until start + count) pixels[index] = (pixels[index].toInt() xor SIGN_BIT).toByte()
    }
}

package org.litedenoise.denoise.internal

import java.nio.ByteBuffer

private const val SIGN_BIT = 0x80
private const val MOST = 255f

/**
 * Between a block's RGB bytes and the network's input and output, whose values are in 0 to 1. An int8
 * tensor counts in 1/255 with zero point -128, so that pixels go through but for their sign bit.
 */
internal class Tensors(
    private val quantized: Boolean,
) {
    fun write(pixels: ByteArray, tensor: ByteBuffer) {
        tensor.clear()
        if (quantized) {
            flip(pixels)
            tensor.put(pixels)
            flip(pixels)
        } else {
            val floats = tensor.asFloatBuffer()
            for (index in pixels.indices) floats.put(index, (pixels[index].toInt() and 0xff) / MOST)
        }
        tensor.rewind()
    }

    /** Floats are rounded half up, as Python does. */
    fun read(tensor: ByteBuffer, pixels: ByteArray) {
        tensor.clear()
        if (quantized) {
            tensor.get(pixels)
            flip(pixels)
        } else {
            val floats = tensor.asFloatBuffer()
            for (index in pixels.indices) {
                pixels[index] = (floats.get(index) * MOST + 0.5f).coerceIn(0f, MOST).toInt().toByte()
            }
        }
        tensor.rewind()
    }

    private fun flip(pixels: ByteArray) {
        for (index in pixels.indices) pixels[index] = (pixels[index].toInt() xor SIGN_BIT).toByte()
    }
}

package org.litedenoise.denoise.internal

import org.json.JSONException
import org.json.JSONObject
import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.FailureKind

private const val SCHEMA_VERSION = 2

// Phones' GPUs and XNNPACK have no kernels for it, and LiteRT 2.x's Kotlin interface no 16-bit tensors.
private const val NO_INT16 =
    "expected a model in int8, fp16 or fp32, got int16x8, which LiteRT does not accelerate on Android; take fp16 instead"

/**
 * What a runtime must know of a model file before it opens it: the JSON beside the .tflite, whose keys
 * are described in litedenoise_sdk.model.sidecar. Only those that this library needs are read.
 */
internal class Sidecar(
    val sha256: String,
    val haloPx: Int,
    val quantized: Boolean,
    val activationBytesPerPx: Double,
) {
    companion object {
        /** @throws DenoiseException (MODEL) a key is missing, of the wrong type, out of its range, or not for Android. */
        fun parse(text: String): Sidecar =
            try {
                read(JSONObject(text))
            } catch (error: JSONException) {
                throw DenoiseException(FailureKind.MODEL, "the model's sidecar is damaged: ${error.message}", error)
            }

        private fun read(json: JSONObject): Sidecar {
            expect(json.getInt("schema_version") == SCHEMA_VERSION) { "schema_version must be $SCHEMA_VERSION" }
            val sha256 = json.getString("sha256")
            expect(Regex("[0-9a-f]{64}").matches(sha256)) { "sha256 must be 64 hexadecimal digits, got $sha256" }
            val haloPx = json.getInt("halo_px")
            expect(haloPx >= 0) { "halo_px must not be negative, got $haloPx" }
            val dtypes = setOf(json.getString("input_dtype"), json.getString("output_dtype"))
            if ("int16" in dtypes) throw DenoiseException(FailureKind.MODEL, NO_INT16)
            expect(dtypes == setOf("int8") || dtypes == setOf("float32")) {
                "input and output must both be int8 or float32, got $dtypes"
            }
            val quantized = "int8" in dtypes
            if (quantized) {
                // Then 8-bit pixels go through as they are, but for the sign.
                for (end in listOf("input", "output")) {
                    val scale = json.getDouble("${end}_scale")
                    expect(Math.abs(scale * 255 - 1) < 1e-4 && json.getInt("${end}_zero_point") == -128) {
                        "${end}_scale must be 1/255 and ${end}_zero_point -128, got $scale"
                    }
                }
            }
            val bytesPerPx = json.getDouble("activation_bytes_per_px")
            expect(bytesPerPx > 0) { "activation_bytes_per_px must be greater than 0, got $bytesPerPx" }
            return Sidecar(sha256, haloPx, quantized, bytesPerPx)
        }

        private inline fun expect(holds: Boolean, message: () -> String) {
            if (!holds) throw JSONException(message())
        }
    }
}

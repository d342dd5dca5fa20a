package org.litedenoise.denoise.coroutines

import kotlinx.coroutines.suspendCancellableCoroutine
import org.litedenoise.denoise.DenoiseResult
import org.litedenoise.denoise.Denoiser
import org.litedenoise.denoise.PhotoInput
import org.litedenoise.denoise.Progress
import kotlin.coroutines.resume

/**
 * Denoises [photo] after the photos that were given before it, and suspends until it is done or has failed.
 *
 * Cancelling the coroutine stops the work after the current block; a result that came at the same
 * moment is closed, so that none is left behind.
 *
 * @param onProgress called before the first block and after every one, where the denoiser calls back.
 */
public suspend fun Denoiser.denoise(photo: PhotoInput, onProgress: (Progress) -> Unit = {}): DenoiseResult =
    suspendCancellableCoroutine { continuation ->
        val task =
            denoise(photo, onProgress) { result ->
                if (continuation.isActive) {
                    continuation.resume(result) { _, lost, _ -> lost.discard() }
                } else {
                    result.discard()
                }
            }
        continuation.invokeOnCancellation { task.cancel() }
    }

/** Frees the files of a photo that nobody waits for any more. */
private fun DenoiseResult.discard() {
    if (this is DenoiseResult.Success) Thread { photo.close() }.start()
}

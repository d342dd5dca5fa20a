package org.litedenoise.denoise.coroutines

import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.litedenoise.denoise.DenoiseResult
import org.litedenoise.denoise.DenoiseTask
import org.litedenoise.denoise.Denoiser
import org.litedenoise.denoise.FailureKind
import org.litedenoise.denoise.PhotoInput
import org.litedenoise.denoise.Progress
import org.litedenoise.denoise.YuvFrame
import java.nio.ByteBuffer

class DenoiserCoroutinesTest {
    private val plane = YuvFrame.Plane(ByteBuffer.allocate(4), 2, 1)
    private val photo = PhotoInput.FromYuv(YuvFrame(2, 2, plane, plane, plane))

    @Test
    fun `a result ends the wait`() {
        val failure = DenoiseResult.Failure(FailureKind.MEMORY, "too small")
        assertEquals(failure, runBlocking { Waiting(answer = failure).denoise(photo) })
    }

    @Test
    fun `cancelling the coroutine cancels the work`() {
        val denoiser = Waiting(answer = null)
        runBlocking {
            val work = async(Dispatchers.Unconfined, CoroutineStart.UNDISPATCHED) { denoiser.denoise(photo) }
            work.cancel()
            work.join()
        }
        assertTrue(denoiser.cancelled)
    }

    /** Answers at once, or never. */
    private class Waiting(
        private val answer: DenoiseResult?,
    ) : Denoiser {
        var cancelled = false

        override fun denoise(photo: PhotoInput, onProgress: (Progress) -> Unit, onResult: (DenoiseResult) -> Unit): DenoiseTask {
            answer?.let(onResult)
            return DenoiseTask { cancelled = true }
        }

        override fun denoiseBlocking(photo: PhotoInput, onProgress: (Progress) -> Unit, isCancelled: () -> Boolean): DenoiseResult =
            error("nobody calls it")

        override fun close() = Unit
    }
}

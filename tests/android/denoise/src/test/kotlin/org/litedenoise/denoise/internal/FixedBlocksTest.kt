package org.litedenoise.denoise.internal

import android.graphics.Bitmap
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.litedenoise.denoise.Delegate
import org.litedenoise.denoise.DenoiseResult
import org.litedenoise.denoise.DenoisedPhoto
import org.litedenoise.denoise.DenoiserOptions
import org.litedenoise.denoise.PhotoInput
import org.litedenoise.denoise.Progress
import org.litedenoise.denoise.engine.BlockEngine
import org.litedenoise.denoise.engine.BlockEngineFactory
import org.litedenoise.denoise.engine.EngineException
import org.litedenoise.denoise.engine.EngineModel
import org.litedenoise.testing.AndroidRunner
import org.litedenoise.testing.JvmEngines
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.Size
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import java.nio.ByteBuffer
import java.util.concurrent.Callable
import java.util.concurrent.Executors

/** Engines that take blocks of a few sizes alone, as neural processors do. */
@RunWith(AndroidRunner::class)
@Config(sdk = [35])
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class FixedBlocksTest {
    private val sizes = listOf(Size(512, 512), Size(256, 256))
    private val photo = Bitmap.createBitmap(600, 30, Bitmap.Config.ARGB_8888).apply { eraseColor(0xff604020.toInt()) }

    @Test
    fun `the size that computes the fewest pixels is taken`() {
        val ofPhones = listOf(Size(1088, 1920), Size(256, 256))
        for (photo in listOf(Size(3000, 4000), Size(4000, 3000), Size(900, 900))) {
            assertEquals(Size(1088, 1920), planFixedBlocks(photo, 144, ofPhones).block)
        }
        assertEquals(Size(256, 256), planFixedBlocks(Size(128, 96), 144, ofPhones).block)
    }

    @Test
    fun `a photo is made of these blocks, while the processor lasts`() {
        denoised(Npu()) { result, progress ->
            assertEquals(Delegate.NPU, result.report.actual)
            assertEquals(Size(512, 512), result.report.block)
            assertEquals(2, progress.last().done)
        }
    }

    @Test
    fun `where it fails, the photo starts anew in rows on the CPU, with the CPU's result`() {
        var alone = IntArray(0)
        denoised { result, _ -> alone = pixels(result) }
        denoised(Npu(failsAfter = 1)) { result, progress ->
            assertEquals(Delegate.CPU, result.report.actual)
            assertEquals("npu failed on a block: device lost; so cpu took over", result.report.reason)
            assertTrue("${result.report.block}", result.report.block !in sizes)
            assertArrayEquals(alone, pixels(result))
            assertEquals("from the start", 2, progress.count { it.finished == null })
        }
        denoised(Npu(declines = "some ops are not accelerated")) { result, _ ->
            assertEquals("npu declined: some ops are not accelerated; so cpu took over", result.report.reason)
            assertArrayEquals(alone, pixels(result))
        }
    }

    private fun denoised(vararg accelerators: BlockEngineFactory, check: (DenoisedPhoto, List<Progress>) -> Unit) {
        val requested = accelerators.firstOrNull()?.delegate ?: Delegate.CPU
        val options = DenoiserOptions(delegate = requested, threads = 1)
        val engines = accelerators.toList() + JvmEngines
        val worker = Executors.newSingleThreadExecutor()
        val work = {
            RealDenoiser(RuntimeEnvironment.getApplication(), ::releasedFile, options, { it.run() }, engines).use { denoiser ->
                val progress = mutableListOf<Progress>()
                val result = denoiser.denoiseBlocking(PhotoInput.FromBitmap(photo), { progress += it })
                (result as DenoiseResult.Success).photo.use { check(it, progress) }
            }
        }
        try {
            worker.submit(Callable(work)).get()
        } finally {
            worker.shutdown()
        }
    }

    private fun pixels(photo: DenoisedPhoto): IntArray {
        val after = photo.render(Box(0, 0, photo.size.height, photo.size.width), 1).after
        return IntArray(after.width * after.height).also { after.getPixels(it, 0, after.width, 0, 0, after.width, after.height) }
    }

    /** The JVM's engine under another name. */
    private inner class Npu(
        private val failsAfter: Int = Int.MAX_VALUE,
        private val declines: String? = null,
    ) : BlockEngineFactory {
        override val delegate = Delegate.NPU
        override val blocks = sizes

        override fun open(model: EngineModel): BlockEngine {
            declines?.let { throw EngineException(it) }
            val engine = JvmEngines.open(model)
            var ran = 0
            return object : BlockEngine by engine {
                override fun run(inputs: List<ByteBuffer>, output: ByteBuffer) {
                    if (ran++ == failsAfter) throw EngineException("device lost")
                    engine.run(inputs, output)
                }
            }
        }
    }
}

package org.litedenoise.denoise.internal.rows

import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.litedenoise.denoise.Precision
import org.litedenoise.denoise.Progress
import org.litedenoise.denoise.engine.BlockEngine
import org.litedenoise.denoise.engine.BlockEngineFactory
import org.litedenoise.denoise.engine.EngineException
import org.litedenoise.denoise.engine.EngineModel
import org.litedenoise.denoise.internal.Agreement
import org.litedenoise.denoise.internal.ArrayPixels
import org.litedenoise.denoise.internal.BlocksEngine
import org.litedenoise.denoise.internal.Model
import org.litedenoise.denoise.internal.PhotoEngine
import org.litedenoise.denoise.internal.Tensors
import org.litedenoise.denoise.internal.planBlocks
import org.litedenoise.denoise.internal.releasedModel
import org.litedenoise.testing.JvmEngines
import org.litedenoise.tiling.Box
import org.litedenoise.tiling.PixelSource
import org.litedenoise.tiling.Size
import java.io.IOException
import java.nio.ByteBuffer
import java.util.concurrent.atomic.AtomicInteger

class RowsEngineTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val size = Size(117, 301)
    private val noisy = ArrayPixels(size, Agreement.noisyBlock(size))

    @Test
    fun `rows give what the network gives on the whole photo, in every precision`() {
        for (precision in Precision.values()) {
            val model = releasedModel(precision)
            val rows = rows(model, size)
            assertEquals(Size(4, 2), rows.grid)
            assertArrayEquals("$precision", denoised(whole(model, size), noisy), denoised(rows, noisy))
        }
    }

    @Test
    fun `photos of any size come out whole`() {
        val model = releasedModel()
        for (size in listOf(Size(1, 1), Size(3, 70), Size(70, 3), Size(33, 47))) {
            val noisy = ArrayPixels(size, Agreement.noisyBlock(size))
            assertArrayEquals("$size", denoised(whole(model, size), noisy), denoised(rows(model, size), noisy))
        }
    }

    @Test
    fun `progress tells what is finished, each pixel once, and photos follow each other`() {
        rows(releasedModel(), size).use { engine ->
            val results =
                List(2) {
                    val seen = mutableListOf<Progress>()
                    val after = ArrayPixels(size)
                    engine.run(noisy, ArrayPixels(size), after, seen::add) { false }
                    assertEquals((0..engine.grid.area.toInt()).toList(), seen.map { it.done })
                    assertEquals(size.area, seen.mapNotNull { it.finished }.sumOf { it.size.area })
                    after.pixels
                }
            assertArrayEquals(results[0], results[1])
        }
    }

    @Test
    fun `work stops where somebody says so`() {
        rows(releasedModel(), size).use { engine ->
            var asked = 0
            assertNull(engine.run(noisy, ArrayPixels(size), ArrayPixels(size), {}) { ++asked > 1 })
            assertEquals(2, asked)
        }
    }

    @Test
    fun `whatever fails on a worker fails the photo, and every stage is closed`() {
        val cpu = Counting(failsAt = 30)
        val error =
            assertThrows(EngineException::class.java) {
                rows(releasedModel(), size, cpu).use { it.run(noisy, ArrayPixels(size), ArrayPixels(size), {}) { false } }
            }
        assertEquals("out of luck", error.message)
        assertEquals(0, cpu.open.get())

        val damaged = PixelSourceThatFails(size)
        assertThrows(IOException::class.java) {
            rows(releasedModel(), size).use { it.run(damaged, ArrayPixels(size), ArrayPixels(size), {}) { false } }
        }
    }

    @Test
    fun `a stage that cannot be opened closes the others`() {
        val cpu = Counting(opensAtMost = 7)
        assertThrows(EngineException::class.java) { rows(releasedModel(), Size(50, 50), cpu) }
        assertEquals(0, cpu.open.get())
    }

    private fun rows(model: Model, size: Size, engines: BlockEngineFactory = JvmEngines): RowsEngine {
        val plan = chooseRows(model.network, size, fixedBytes = 0, budgetBytes = if (model.sidecar.quantized) 8_000_000 else 20_000_000)
        return RowsEngine.open(model, plan, engines, folder.root, threads = 2)
    }

    /** A block as large as the padded photo. */
    private fun whole(model: Model, size: Size): PhotoEngine {
        val plan = planBlocks(size, model, maxMemoryMb = 1000, bandBytesPerPx = 0)
        assertEquals(plan.padded, plan.block)
        val engine = JvmEngines.open(model.forEngine(plan.block, folder.root, 1))
        return BlocksEngine(plan, engine, Tensors(model.sidecar.quantized), model.tensorBytes(plan.block))
    }

    private fun denoised(engine: PhotoEngine, photo: ArrayPixels): ByteArray {
        val before = ArrayPixels(photo.size)
        val after = ArrayPixels(photo.size)
        engine.use { it.run(photo, before, after, {}, { false }) }
        assertArrayEquals(photo.pixels, before.pixels)
        return after.pixels
    }

    private class PixelSourceThatFails(
        override val size: Size,
    ) : PixelSource {
        override fun read(box: Box, into: ByteArray): Unit = throw IOException("the file was cut short")
    }

    /** The JVM's engines, of which so many open, and which fail at one of their tiles. */
    private class Counting(
        private val opensAtMost: Int = Int.MAX_VALUE,
        private val failsAt: Int = Int.MAX_VALUE,
    ) : BlockEngineFactory by JvmEngines {
        val open = AtomicInteger()
        private val ran = AtomicInteger()

        override fun open(model: EngineModel): BlockEngine {
            if (open.get() == opensAtMost) throw EngineException("no memory")
            val engine = JvmEngines.open(model)
            open.incrementAndGet()
            return object : BlockEngine by engine {
                override fun run(inputs: List<ByteBuffer>, output: ByteBuffer) {
                    if (ran.incrementAndGet() == failsAt) throw EngineException("out of luck")
                    engine.run(inputs, output)
                }

                override fun close() {
                    open.decrementAndGet()
                    engine.close()
                }
            }
        }
    }
}

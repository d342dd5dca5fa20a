package org.litedenoise.denoise.engine

import android.content.ContextWrapper
import com.google.ai.edge.litert.Accelerator
import com.google.ai.edge.litert.CompiledModel
import com.google.ai.edge.litert.Phone
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.litedenoise.denoise.Delegate
import org.litedenoise.tiling.Size
import java.nio.ByteBuffer
import java.nio.ByteOrder

/** The `compiled` flavour on a test double of LiteRT 2.x; the real one has never run here. */
class CompiledModelEnginesTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val engines = flavourEngines(ContextWrapper(null)).associateBy { it.delegate }
    private val content = listOf<Byte>(1, 2, 3, 4)

    @Before
    fun newPhone() = Phone.reset()

    @Test
    fun `the fastest come first`() {
        assertEquals(listOf(Delegate.NPU, Delegate.GPU, Delegate.CPU), engines.keys.toList())
    }

    @Test
    fun `the model is compiled for one accelerator, from a file that goes with the engine`() {
        Phone.accelerators = setOf(Accelerator.CPU, Accelerator.GPU)
        Phone.hasNpu = true
        for ((delegate, factory) in engines) {
            factory.open(model(quantized = true)).use { engine ->
                val compiled = Phone.compiled.last()
                assertEquals(content, compiled.file)
                assertEquals(delegate.name, compiled.ran.name)
                assertEquals(3, compiled.options.cpuOptions?.numThreads)
                assertEquals("token", compiled.options.gpuOptions?.modelCacheKey)
                assertEquals(true, compiled.environment?.cachesPrograms)
                assertEquals(if (delegate == Delegate.CPU) null else 46, engine.acceleratedOperators)
            }
            assertTrue("${Phone.open}", Phone.open.isEmpty())
            assertEquals(0, folder.root.list()?.size)
        }
    }

    @Test
    fun `an NPU gets what was compiled ahead of time for it, and nobody else does`() {
        Phone.accelerators = setOf(Accelerator.CPU, Accelerator.GPU)
        Phone.hasNpu = true
        val ahead = ByteBuffer.allocateDirect(2).put(byteArrayOf(8, 9))
        for ((delegate, factory) in engines) {
            factory.open(model(quantized = true, ahead)).close()
            assertEquals(if (delegate == Delegate.NPU) listOf<Byte>(8, 9) else content, Phone.compiled.last().file)
            assertEquals(0, folder.root.list()?.size)
        }
    }

    @Test
    fun `an NPU takes blocks of two sizes, and the others any`() {
        assertEquals(listOf(Size(1088, 1920), Size(256, 256)), engines.getValue(Delegate.NPU).blocks)
        assertEquals(emptyList<Size>(), engines.getValue(Delegate.GPU).blocks + engines.getValue(Delegate.CPU).blocks)
    }

    @Test
    fun `an NPU whose libraries are missing declines, and the CPU is never taken for it`() {
        Phone.hasNpu = true
        Phone.npuPluginWorks = false
        val error = assertThrows(EngineException::class.java) { engines.getValue(Delegate.NPU).open(model(quantized = true)) }
        assertTrue(error.message!!, "Some ops are not accelerated" in error.message!!)
        assertTrue("${Phone.compiled}", Phone.compiled.isEmpty())
        assertTrue("${Phone.open}", Phone.open.isEmpty())
    }

    @Test
    fun `LiteRT would run an NPU named alone on the CPU, without a word`() {
        Phone.hasNpu = true
        Phone.npuPluginWorks = false
        val file = folder.newFile()
        CompiledModel.create(file.path, CompiledModel.Options(Accelerator.NPU)).close()
        assertEquals(Accelerator.CPU, Phone.compiled.last().ran)
    }

    @Test
    fun `blocks go through as bytes or as floats, one after the other`() {
        for (quantized in listOf(true, false)) {
            engines.getValue(Delegate.CPU).open(model(quantized)).use { engine ->
                for (first in listOf<Byte>(7, 9)) {
                    val input = tensor().put(0, first)
                    val output = tensor()
                    engine.run(listOf(input), output)
                    assertEquals(input.rewind(), output.rewind())
                }
            }
        }
    }

    @Test
    fun `an accelerator that the phone lacks declines`() {
        for (delegate in listOf(Delegate.NPU, Delegate.GPU)) {
            val error = assertThrows(EngineException::class.java) { engines.getValue(delegate).open(model(quantized = true)) }
            assertEquals("LiteRT finds none on this phone", error.message)
        }
        assertTrue("${Phone.open}", Phone.open.isEmpty())
    }

    @Test
    fun `what LiteRT cannot compile or run is said, and nothing stays open`() {
        val cpu = engines.getValue(Delegate.CPU)
        cpu.open(model(quantized = true)).use { engine ->
            Phone.failsToRun = true
            val error = assertThrows(EngineException::class.java) { engine.run(listOf(tensor()), tensor()) }
            assertEquals("LiteRT failed: device lost", error.message)
        }
        Phone.failsToCompile = true
        val error = assertThrows(EngineException::class.java) { cpu.open(model(quantized = true)) }
        assertEquals("LiteRT cannot open the model: unsupported operator", error.message)
        assertTrue("${Phone.open}", Phone.open.isEmpty())
        assertEquals(0, folder.root.list()?.size)
    }

    @Test
    fun `a cache that cannot be written declines`() {
        folder.root.delete()
        val error = assertThrows(EngineException::class.java) { engines.getValue(Delegate.CPU).open(model(quantized = true)) }
        assertTrue(error.message!!, error.message!!.startsWith("the model cannot be stored for LiteRT"))
    }

    private fun model(quantized: Boolean, compiledAhead: ByteBuffer? = null): EngineModel {
        val buffer = ByteBuffer.allocateDirect(content.size).put(content.toByteArray())
        return EngineModel(buffer, quantized, "token", folder.root, threads = 3, totalOperators = 46, compiledAhead)
    }

    private fun tensor(): ByteBuffer = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder())
}

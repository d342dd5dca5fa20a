package org.litedenoise.denoise.internal

import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.litedenoise.denoise.Delegate
import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.FailureKind
import org.litedenoise.denoise.engine.BlockEngine
import org.litedenoise.denoise.engine.BlockEngineFactory
import org.litedenoise.denoise.engine.EngineException
import org.litedenoise.denoise.engine.EngineModel
import java.nio.ByteBuffer

class EngineSelectionTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val block = ByteBuffer.allocateDirect(4)
    private val cpu = Engines(Delegate.CPU)

    @Test
    fun `auto takes the first that opens and says what declined`() {
        val selection = select(Delegate.AUTO, Engines(Delegate.GPU, declines = "no OpenCL"), cpu)
        assertEquals(Delegate.CPU, selection.actual)
        assertEquals("gpu declined: no OpenCL; cpu is the fastest that runs the model", selection.reason)
    }

    @Test
    fun `auto passes over what is not worth a try`() {
        val selection = select(Delegate.AUTO, Engines(Delegate.NNAPI, skipped = "deprecated"), cpu)
        assertEquals("nnapi not tried: deprecated; cpu is the fastest that runs the model", selection.reason)
    }

    @Test
    fun `a named delegate that is not there is replaced, and never silently`() {
        assertEquals("npu is not in this build; so cpu took over", select(Delegate.NPU, cpu).reason)
        assertEquals("named by the caller", select(Delegate.CPU, cpu).reason)
    }

    @Test
    fun `a delegate that fails on a block is replaced, and the block is run again`() {
        val gpu = Engines(Delegate.GPU, failsAfter = 1)
        val selection = select(Delegate.GPU, gpu, cpu)
        selection.run(block, block)
        assertEquals(Delegate.GPU, selection.actual)
        selection.run(block, block)
        assertEquals(Delegate.CPU, selection.actual)
        assertEquals("gpu failed on a block: device lost; so cpu took over", selection.reason)
        assertEquals(1, cpu.ran)
        assertTrue(gpu.closed)
    }

    @Test
    fun `where nothing runs, the failure has all reasons`() {
        val error = assertThrows(DenoiseException::class.java) { select(Delegate.AUTO, Engines(Delegate.CPU, declines = "no memory")) }
        assertEquals(FailureKind.DELEGATE, error.kind)
        assertEquals("cpu declined: no memory", error.message)
    }

    @Test
    fun `a delegate whose driver took the process along is not tried again`() {
        CrashRecord(folder.root).entering(Delegate.GPU) // and nothing after that
        val selection = select(Delegate.GPU, Engines(Delegate.GPU), cpu)
        assertEquals(Delegate.CPU, selection.actual)
        assertTrue(selection.reason, "crashed in its driver" in selection.reason)
    }

    @Test
    fun `a process keeps to its first accelerator`() {
        select(Delegate.GPU, Engines(Delegate.GPU), cpu).run(block, block)
        val second = select(Delegate.NNAPI, Engines(Delegate.NNAPI), cpu)
        assertEquals(Delegate.CPU, second.actual)
        assertTrue(second.reason, "this process already runs gpu" in second.reason)
    }

    private fun select(requested: Delegate, vararg factories: Engines) =
        EngineSelection(
            requested,
            factories.toList(),
            EngineModel(block, true, "token", folder.root, 1, 1),
            CrashRecord(folder.root),
        )

    private class Engines(
        override val delegate: Delegate,
        private val declines: String? = null,
        private val skipped: String? = null,
        private val failsAfter: Int = Int.MAX_VALUE,
    ) : BlockEngineFactory {
        var ran = 0
        var closed = false
        override val notTriedByAuto get() = skipped

        override fun open(model: EngineModel): BlockEngine {
            declines?.let { throw EngineException(it) }
            return object : BlockEngine {
                override val acceleratedOperators: Int? = null

                override fun run(input: ByteBuffer, output: ByteBuffer) {
                    if (ran == failsAfter) throw EngineException("device lost")
                    ran += 1
                }

                override fun close() {
                    closed = true
                }
            }
        }
    }
}

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
import java.io.File
import java.nio.ByteBuffer

class EngineSelectionTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val block = ByteBuffer.allocateDirect(4)
    private val cpu = Engines(Delegate.CPU)

    @Test
    fun `a named delegate that is not there is replaced, and never silently`() {
        assertEquals("npu is not in this build; so cpu took over", select(Delegate.NPU, cpu).reason)
        assertEquals("named by the caller", select(Delegate.CPU, cpu).reason)
    }

    @Test
    fun `a delegate that fails is replaced, and its work is done again`() {
        val gpu = Engines(Delegate.GPU, failsAfter = 1)
        val selection = select(Delegate.GPU, gpu, cpu)
        selection.runBlock()
        assertEquals(Delegate.GPU, selection.actual)
        selection.runBlock()
        assertEquals(Delegate.CPU, selection.actual)
        assertEquals("gpu failed on a block: device lost; so cpu took over", selection.reason)
        assertEquals(1, cpu.ran)
        assertTrue(gpu.closed)
        assertEquals(listOf(Delegate.CPU), selection.remaining.factories.map { it.delegate })
        assertEquals(listOf("gpu failed on a block: device lost"), selection.remaining.notes)
    }

    @Test
    fun `where nothing runs, the failure has all reasons`() {
        val error = assertThrows(DenoiseException::class.java) { select(Delegate.CPU, Engines(Delegate.CPU, declines = "no memory")) }
        assertEquals(FailureKind.DELEGATE, error.kind)
        assertEquals("cpu declined: no memory", error.message)
    }

    @Test
    fun `a delegate whose driver took the process along is not tried again`() {
        crashRecord(folder.root, process = 7).entering(Delegate.GPU) // and nothing after that
        val selection = select(Delegate.GPU, Engines(Delegate.GPU), cpu, ending = ProcessEnding.CRASHED)
        assertEquals(Delegate.CPU, selection.actual)
        assertTrue(selection.reason, "crashed in its driver" in selection.reason)
    }

    @Test
    fun `a driver that crashed is tried again after an update of the system`() {
        crashRecord(folder.root, process = 7, system = "older").entering(Delegate.GPU)
        assertEquals(Delegate.GPU, select(Delegate.GPU, Engines(Delegate.GPU), cpu, ending = ProcessEnding.CRASHED).actual)
    }

    @Test
    fun `a process that was killed is no crash of a driver, however often`() {
        repeat(3) {
            crashRecord(folder.root, process = 7 + it).entering(Delegate.GPU)
            assertEquals(Delegate.GPU, select(Delegate.GPU, Engines(Delegate.GPU), cpu, ending = ProcessEnding.KILLED).actual)
        }
    }

    @Test
    fun `where nobody knows how processes end, the second time counts`() {
        crashRecord(folder.root, process = 7).entering(Delegate.GPU)
        crashRecord(folder.root, process = 8).check(Delegate.GPU)
        crashRecord(folder.root, process = 8).entering(Delegate.GPU)
        assertEquals(Delegate.CPU, select(Delegate.GPU, Engines(Delegate.GPU), cpu).actual)
    }

    @Test
    fun `a record that cannot be read stops nothing`() {
        File(folder.root, "entered-gpu").writeText("x")
        assertEquals(Delegate.GPU, select(Delegate.GPU, Engines(Delegate.GPU), cpu).actual)
    }

    @Test
    fun `a delegate that fails in a living process is not taken for a crash`() {
        val selection = select(Delegate.GPU, Engines(Delegate.GPU, failsAfter = 0), cpu)
        selection.runBlock()
        assertEquals(emptyList<String>(), folder.root.list()!!.toList())
    }

    @Test
    fun `a process keeps to its first accelerator`() {
        select(Delegate.GPU, Engines(Delegate.GPU), cpu).runBlock()
        val second = select(Delegate.NNAPI, Engines(Delegate.NNAPI), cpu)
        assertEquals(Delegate.CPU, second.actual)
        assertTrue(second.reason, "this process already runs gpu" in second.reason)
    }

    @Test
    fun `an NPU that declines leaves the process to the GPU`() {
        select(Delegate.NPU, Engines(Delegate.NPU, declines = "some ops are not accelerated"), cpu)
        assertEquals(Delegate.GPU, select(Delegate.GPU, Engines(Delegate.GPU), cpu).actual)
    }

    private val accelerator = OneAccelerator()

    private fun select(requested: Delegate, vararg factories: Engines, ending: ProcessEnding = ProcessEnding.UNKNOWN) =
        EngineSelection(
            requested,
            EngineChoice.named(requested, factories.toList()),
            crashRecord(folder.root, process = 20, ending),
            accelerator,
        ) { it.open(EngineModel(block, true, "token", folder.root, 1, 1)) }

    private fun EngineSelection<BlockEngine>.runBlock() = run { it.run(listOf(block), block) }

    private class Engines(
        override val delegate: Delegate,
        private val declines: String? = null,
        private val failsAfter: Int = Int.MAX_VALUE,
    ) : BlockEngineFactory {
        var ran = 0
        var closed = false

        override fun open(model: EngineModel): BlockEngine {
            declines?.let { throw EngineException(it) }
            return object : BlockEngine {
                override val acceleratedOperators: Int? = null

                override fun run(inputs: List<ByteBuffer>, output: ByteBuffer) {
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

package org.litedenoise.denoise.internal

import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.litedenoise.denoise.Delegate
import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.engine.BlockEngine
import org.litedenoise.denoise.engine.BlockEngineFactory
import org.litedenoise.denoise.engine.EngineException
import org.litedenoise.denoise.engine.EngineModel
import org.litedenoise.testing.JvmEngines
import org.litedenoise.tiling.Size
import java.nio.ByteBuffer

/** "auto" on the released model, among accelerators of which some lie. */
class FastestEngineTest {
    @get:Rule
    val folder = TemporaryFolder()

    private var now = 0L
    private val model = releasedModel()
    private val cpu = Processor(Delegate.CPU, ns = 100)

    @Test
    fun `the fastest that computes the same is taken, and the reason says how fast`() {
        val choice = choose(Processor(Delegate.NPU, ns = 20))
        assertEquals(listOf(Delegate.NPU, Delegate.CPU), choice.factories.map { it.delegate })
        assertEquals("npu computes the same as the cpu, 5.0 times as fast", choice.reasons[Delegate.NPU])
    }

    @Test
    fun `one that declines leaves the process to the next`() {
        val choice = choose(Processor(Delegate.NPU, declines = "some ops are not accelerated"), Processor(Delegate.GPU, ns = 50))
        assertEquals(Delegate.GPU, choice.factories.first().delegate)
        assertEquals(listOf("npu declined: some ops are not accelerated"), choice.notes)
    }

    @Test
    fun `one that computes something else is never taken, however fast`() {
        val lies =
            mapOf<String, (ByteBuffer) -> Unit>(
                "nothing at all" to { block -> for (index in 0 until block.capacity()) block.put(index, 0) },
                "other colours" to { block -> for (index in 0 until block.capacity() step 3) add(block, index, 2) },
                "a grid" to { block -> for (index in 0 until block.capacity()) if (index / 3 % 16 == 0) add(block, index, 8) },
            )
        for ((name, lie) in lies) {
            folder.root.listFiles()!!.forEach { it.delete() }
            val choice = choose(Processor(Delegate.GPU, ns = 1, lie = lie))
            assertEquals(name, listOf(Delegate.CPU), choice.factories.map { it.delegate })
            assertTrue("${choice.notes}", choice.notes.single().startsWith("gpu does not compute the same as the cpu"))
            assertEquals("cpu is the fastest that computes the same", choice.reasons[Delegate.CPU])
        }
    }

    @Test
    fun `one that only rounds otherwise is the same`() {
        val rounds = { block: ByteBuffer ->
            for (index in 0 until block.capacity() step 7) {
                add(
                    block, index,
                    if (index % 2 ==
                        0
                    ) {
                        1
                    } else {
                        -1
                    },
                )
            }
        }
        assertEquals(Delegate.GPU, choose(Processor(Delegate.GPU, ns = 50, lie = rounds)).factories.first().delegate)
    }

    @Test
    fun `one that is slower, or fails on the block, is passed over`() {
        val slow = choose(Processor(Delegate.GPU, ns = 99))
        assertEquals(listOf("gpu is no faster than the cpu"), slow.notes)
        folder.root.listFiles()!!.forEach { it.delete() }
        val failing = choose(Processor(Delegate.GPU, fails = true))
        assertEquals(listOf("gpu declined: device lost"), failing.notes)
        assertEquals(Delegate.CPU, failing.factories.single().delegate)
    }

    @Test
    fun `each process measures one accelerator, and from then on the fastest is taken`() {
        val npu = Processor(Delegate.NPU, ns = 40)
        val gpu = Processor(Delegate.GPU, ns = 20)
        val first = choose(npu, gpu)
        assertEquals(Delegate.NPU, first.factories.first().delegate)
        assertEquals(listOf("gpu is measured at the next start, as a process runs one accelerator"), first.notes)
        val second = choose(npu, gpu)
        assertEquals(Delegate.GPU, second.factories.first().delegate)
        assertEquals(listOf("npu waits for the next start, as a process runs one accelerator"), second.notes)
        val third = choose(npu, gpu)
        assertEquals(listOf(Delegate.GPU, Delegate.NPU, Delegate.CPU), third.factories.map { it.delegate })
        assertEquals("both were measured once", listOf(1, 1), listOf(npu.opened, gpu.opened))
    }

    @Test
    fun `a verdict is kept until the system, the model or the threads change`() {
        val gpu = Processor(Delegate.GPU, ns = 50)
        repeat(2) { choose(gpu) }
        assertEquals(1, gpu.opened)
        choose(gpu, facts = listOf("after an update"))
        assertEquals(2, gpu.opened)
    }

    @Test
    fun `one whose driver crashed is not measured again`() {
        crashRecord(folder.root, process = 7).entering(Delegate.GPU)
        val gpu = Processor(Delegate.GPU, ns = 1)
        val choice = choose(gpu, ending = ProcessEnding.CRASHED)
        assertEquals(0, gpu.opened)
        assertTrue("${choice.notes}", "crashed in its driver" in choice.notes.single())
        assertEquals("cpu takes over", choice.reasons[Delegate.CPU])
    }

    @Test
    fun `a trial that takes the process along leaves its record`() {
        val deadly = Processor(Delegate.GPU, dies = true)
        assertThrows(Death::class.java) { choose(deadly) }
        assertEquals(listOf("entered-gpu"), folder.root.list()!!.filter { it.startsWith("entered") })
    }

    @Test
    fun `where not even the CPU runs, it is said`() {
        val broken = Processor(Delegate.CPU, declines = "no memory")
        val choose = {
            FastestEngine(listOf(Processor(Delegate.GPU, ns = 1), broken), selfTest(), verdicts(), crashes(), OneAccelerator()).choose()
        }
        assertEquals("cpu declined: no memory", assertThrows(DenoiseException::class.java) { choose() }.message)
    }

    /** As a process of its own. */
    private fun choose(
        vararg accelerators: Processor,
        facts: List<String> = listOf("system"),
        ending: ProcessEnding = ProcessEnding.UNKNOWN,
    ) = FastestEngine(accelerators.toList() + cpu, selfTest(), verdicts(facts), crashes(ending), OneAccelerator()).choose()

    private fun selfTest() = lazy { SelfTest(model, folder.root, threads = 1, Size(64, 64)) { now } }

    private fun verdicts(facts: List<String> = listOf("system")) = Verdicts(folder.root, facts)

    private fun crashes(ending: ProcessEnding = ProcessEnding.UNKNOWN) = crashRecord(folder.root, process = 20, ending)

    private fun add(block: ByteBuffer, index: Int, levels: Int) {
        block.put(index, (block.get(index) + levels).coerceIn(-128, 127).toByte())
    }

    /** In place of a crash, which would take the test along. */
    private class Death : Error()

    /** The JVM's engine under another name, with a time and a truth of its own. */
    private inner class Processor(
        override val delegate: Delegate,
        private val ns: Long = 1,
        private val declines: String? = null,
        private val fails: Boolean = false,
        private val dies: Boolean = false,
        private val lie: (ByteBuffer) -> Unit = {},
    ) : BlockEngineFactory {
        var opened = 0

        override fun open(model: EngineModel): BlockEngine {
            opened += 1
            if (dies) throw Death()
            declines?.let { throw EngineException(it) }
            val engine = JvmEngines.open(model)
            return object : BlockEngine by engine {
                override fun run(inputs: List<ByteBuffer>, output: ByteBuffer) {
                    if (fails) throw EngineException("device lost")
                    engine.run(inputs, output)
                    now += ns
                    lie(output)
                }
            }
        }
    }
}

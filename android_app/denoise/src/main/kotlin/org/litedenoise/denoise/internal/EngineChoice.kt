package org.litedenoise.denoise.internal

import org.litedenoise.denoise.Delegate
import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.FailureKind
import org.litedenoise.denoise.engine.BlockEngineFactory
import org.litedenoise.denoise.engine.EngineException
import java.util.Locale

/**
 * What to run on, best first, down to the CPU.
 *
 * @property notes what became of the others.
 * @property reasons why each is where it is.
 */
internal class EngineChoice(
    val factories: List<BlockEngineFactory>,
    val notes: List<String>,
    val reasons: Map<Delegate, String>,
) {
    companion object {
        /** The one that the caller named, and the CPU behind it. */
        fun named(requested: Delegate, factories: List<BlockEngineFactory>): EngineChoice {
            val named = factories.filter { it.delegate == requested }
            val cpu = factories.filter { it.delegate == Delegate.CPU && requested != Delegate.CPU }
            val notes = if (named.isEmpty()) listOf("${requested.label} is not in this build") else emptyList()
            return EngineChoice(named + cpu, notes, mapOf(requested to "named by the caller"))
        }
    }
}

/**
 * Finds the fastest that computes the same as the CPU, as measured. A process runs one accelerator, so
 * one is measured in each process until all are known; verdicts are kept.
 */
internal class FastestEngine(
    private val factories: List<BlockEngineFactory>,
    private val selfTest: Lazy<SelfTest>,
    private val verdicts: Verdicts,
    private val crashes: CrashRecord,
    private val accelerator: OneAccelerator,
) {
    private val cpu = factories.first { it.delegate == Delegate.CPU }
    private val notes = mutableListOf<String>()

    /** @throws DenoiseException (DELEGATE) not even the CPU runs a block. */
    fun choose(): EngineChoice {
        val worthTrying = factories.filter { it !== cpu && it.notTriedByAuto == null }
        for (factory in factories) factory.notTriedByAuto?.let { notes += "${factory.delegate.label} not tried: $it" }
        val trials = verdicts.read().toMutableMap()
        for (factory in worthTrying) {
            if (factory.delegate !in trials) trial(factory)?.let { trials[factory.delegate] = it }
        }
        if (trials.isNotEmpty()) verdicts.write(trials)
        val faster = worthTrying.filter { trials[it.delegate]?.isFaster == true }.sortedBy { trials.getValue(it.delegate).blockNs }
        for (factory in worthTrying - faster.toSet()) {
            trials[factory.delegate]?.let { notes += "${factory.delegate.label} ${it.problem ?: "is no faster than the cpu"}" }
        }
        val (now, later) = faster.partition { accelerator.mayRun(it.delegate) }
        for (factory in later) notes += "${factory.delegate.label} waits for the next start, as a process runs one accelerator"
        val reasons = now.associate { it.delegate to reason(it.delegate, trials.getValue(it.delegate)) }
        val all = trials.size == worthTrying.size && later.isEmpty()
        val cpuReason = if (all) "cpu is the fastest that computes the same" else "cpu takes over"
        return EngineChoice(now + cpu, notes, reasons + (Delegate.CPU to cpuReason))
    }

    private fun reason(delegate: Delegate, trial: Trial): String {
        val times = trial.cpuNs.toDouble() / trial.blockNs
        return String.format(Locale.ROOT, "%s computes the same as the cpu, %.1f times as fast", delegate.label, times)
    }

    /** Null where it cannot be told in this process. */
    private fun trial(factory: BlockEngineFactory): Trial? {
        val delegate = factory.delegate
        if (!accelerator.mayRun(delegate)) {
            notes += "${delegate.label} is measured at the next start, as a process runs one accelerator"
            return null
        }
        try {
            crashes.check(delegate)
        } catch (error: EngineException) {
            notes += "${delegate.label} declined: ${error.message}"
            return null
        }
        crashes.entering(delegate)
        val trial =
            try {
                selfTest.value.run(factory, cpu) { accelerator.claim(delegate) }
            } catch (error: EngineException) {
                throw DenoiseException(FailureKind.DELEGATE, "cpu declined: ${error.message}", error)
            }
        crashes.survived(delegate)
        return trial
    }
}

/**
 * The first accelerator that opens fixes the options of its driver for the life of the process. One that
 * declines fixes nothing.
 */
internal class OneAccelerator {
    private var claimed: Delegate? = null

    @Synchronized
    fun mayRun(delegate: Delegate): Boolean = delegate == Delegate.CPU || claimed == null || claimed == delegate

    /** @throws EngineException the process runs another one. */
    @Synchronized
    fun check(delegate: Delegate) {
        if (mayRun(delegate)) return
        throw EngineException("this process already runs ${claimed?.label}; one accelerator for each process")
    }

    /** To be called once it has opened. */
    @Synchronized
    fun claim(delegate: Delegate) {
        if (delegate != Delegate.CPU) claimed = delegate
    }

    companion object {
        val OF_THIS_PROCESS = OneAccelerator()
    }
}

internal val Delegate.label: String get() = name.lowercase(Locale.ROOT)

package org.litedenoise.denoise.internal

import org.litedenoise.denoise.Delegate
import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.FailureKind
import org.litedenoise.denoise.engine.BlockEngine
import org.litedenoise.denoise.engine.BlockEngineFactory
import org.litedenoise.denoise.engine.EngineException
import org.litedenoise.denoise.engine.EngineModel
import java.io.Closeable
import java.nio.ByteBuffer
import java.util.Locale
import java.util.concurrent.atomic.AtomicReference

/**
 * The engine that runs blocks, with the record of how it was chosen. What declines or fails is passed
 * over for the next one, down to the CPU, and [reason] says so.
 *
 * @throws DenoiseException (DELEGATE) nothing runs the model.
 */
internal class EngineSelection(
    private val requested: Delegate,
    factories: List<BlockEngineFactory>,
    private val model: EngineModel,
    private val crashes: CrashRecord,
) : Closeable {
    private val declined = mutableListOf<String>()
    private val candidates = ArrayDeque(candidates(requested, factories))
    private var engine: BlockEngine? = null

    var actual: Delegate = Delegate.CPU
        private set

    val acceleratedOperators: Int? get() = engine?.acceleratedOperators

    val reason: String
        get() {
            val chosen =
                if (requested == Delegate.AUTO) "${actual.label} is the fastest that runs the model" else "named by the caller"
            return (declined + if (actual == requested || requested == Delegate.AUTO) chosen else "so ${actual.label} took over")
                .joinToString("; ")
        }

    init {
        engine = openNext()
    }

    /** Runs a block, on another engine where this one fails; see [BlockEngine.run]. */
    fun run(input: ByteBuffer, output: ByteBuffer) {
        while (true) {
            try {
                checkNotNull(engine) { "the engine is closed" }.run(input, output)
                crashes.survived(actual)
                return
            } catch (error: EngineException) {
                close()
                declined += "${actual.label} failed on a block: ${error.message}"
                engine = openNext()
            }
        }
    }

    override fun close() {
        engine?.close()
        engine = null
    }

    private fun openNext(): BlockEngine {
        while (candidates.isNotEmpty()) {
            val factory = candidates.removeFirst()
            try {
                crashes.check(factory.delegate)
                OneAccelerator.claim(factory.delegate)
                crashes.entering(factory.delegate)
                return factory.open(model).also { actual = factory.delegate }
            } catch (error: EngineException) {
                crashes.survived(factory.delegate)
                declined += "${factory.delegate.label} declined: ${error.message}"
            }
        }
        throw DenoiseException(FailureKind.DELEGATE, declined.joinToString("; "))
    }

    private fun candidates(requested: Delegate, factories: List<BlockEngineFactory>): List<BlockEngineFactory> {
        if (requested == Delegate.AUTO) {
            factories.forEach { factory -> factory.notTriedByAuto?.let { declined += "${factory.delegate.label} not tried: $it" } }
            return factories.filter { it.notTriedByAuto == null }
        }
        val named = factories.filter { it.delegate == requested }
        if (named.isEmpty()) declined += "${requested.label} is not in this build"
        return named + factories.filter { it.delegate == Delegate.CPU && requested != Delegate.CPU }
    }
}

internal val Delegate.label: String get() = name.lowercase(Locale.ROOT)

/** The first accelerator that loads fixes the options of its driver for the life of the process. */
private object OneAccelerator {
    private val claimed = AtomicReference<Delegate?>()

    fun claim(delegate: Delegate) {
        if (delegate == Delegate.CPU || claimed.compareAndSet(null, delegate) || claimed.get() == delegate) return
        throw EngineException("this process already runs ${claimed.get()?.label}; one accelerator for each process")
    }
}

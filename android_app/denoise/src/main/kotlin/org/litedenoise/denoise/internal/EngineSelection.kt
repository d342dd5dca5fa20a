package org.litedenoise.denoise.internal

import android.content.Context
import android.os.Build
import org.litedenoise.denoise.Delegate
import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.DenoiserOptions
import org.litedenoise.denoise.FailureKind
import org.litedenoise.denoise.engine.BlockEngine
import org.litedenoise.denoise.engine.BlockEngineFactory
import org.litedenoise.denoise.engine.EngineException
import org.litedenoise.denoise.engine.EngineModel
import java.io.Closeable
import java.nio.ByteBuffer

/**
 * The engine that runs blocks, with the record of how it was chosen. Where one declines or fails,
 * the next takes over, down to the CPU, and [reason] says so.
 *
 * @throws DenoiseException (DELEGATE) nothing runs the model.
 */
internal class EngineSelection(
    private val requested: Delegate,
    private val choice: EngineChoice,
    private val model: EngineModel,
    private val crashes: CrashRecord,
    private val accelerator: OneAccelerator,
) : Closeable {
    private val declined = choice.notes.toMutableList()
    private val candidates = ArrayDeque(choice.factories)
    private var engine: BlockEngine? = null

    var actual: Delegate = Delegate.CPU
        private set

    val acceleratedOperators: Int? get() = engine?.acceleratedOperators

    val copyNs: Long? get() = engine?.copyNs

    val reason: String
        get() {
            val chosen = if (actual == requested || requested == Delegate.AUTO) choice.reasons[actual] else null
            return (declined + (chosen ?: "so ${actual.label} took over")).joinToString("; ")
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
                crashes.survived(actual) // it failed, and the process lives
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
                accelerator.check(factory.delegate)
                crashes.entering(factory.delegate)
                val opened = factory.open(model)
                accelerator.claim(factory.delegate)
                actual = factory.delegate
                return opened
            } catch (error: EngineException) {
                crashes.survived(factory.delegate)
                declined += "${factory.delegate.label} declined: ${error.message}"
            }
        }
        throw DenoiseException(FailureKind.DELEGATE, declined.joinToString("; "))
    }

    companion object {
        /** In this process of this app. */
        fun open(context: Context, requested: Delegate, choice: EngineChoice, model: EngineModel): EngineSelection {
            val crashes = crashRecord(context, WorkFolder.of(context))
            return EngineSelection(requested, choice, model, crashes, OneAccelerator.OF_THIS_PROCESS)
        }
    }
}

/** What runs the [model], as the options ask. */
internal fun chooseEngines(
    context: Context,
    options: DenoiserOptions,
    factories: List<BlockEngineFactory>,
    model: Model,
): EngineChoice {
    if (options.delegate != Delegate.AUTO) return EngineChoice.named(options.delegate, factories)
    val folder = WorkFolder.of(context)
    val facts = listOf(Build.FINGERPRINT, model.sidecar.sha256, "${options.threads}", "${factories.map { it.delegate }}")
    val selfTest = lazy { SelfTest(model, folder.programs, options.threads) }
    val crashes = crashRecord(context, folder)
    return FastestEngine(factories, selfTest, Verdicts(folder.root, facts), crashes, OneAccelerator.OF_THIS_PROCESS).choose()
}

package org.litedenoise.denoise.internal

import android.content.Context
import android.os.Build
import org.litedenoise.denoise.Delegate
import org.litedenoise.denoise.DenoiseException
import org.litedenoise.denoise.DenoiserOptions
import org.litedenoise.denoise.FailureKind
import org.litedenoise.denoise.engine.BlockEngineFactory
import org.litedenoise.denoise.engine.EngineException
import java.io.Closeable

/**
 * The engine that runs, with the record of how it was chosen. Where one declines or fails, the next takes
 * over, down to the CPU, and [reason] says so.
 *
 * @param open opens an engine on a processor; throws [EngineException], with the reason, where that cannot run it.
 * @throws DenoiseException (DELEGATE) nothing runs the model.
 */
internal class EngineSelection<T : Closeable>(
    private val requested: Delegate,
    private val choice: EngineChoice,
    private val crashes: CrashRecord,
    private val accelerator: OneAccelerator,
    private val open: (BlockEngineFactory) -> T,
) : Closeable {
    private val declined = choice.notes.toMutableList()
    private val candidates = ArrayDeque(choice.factories)
    private var opened: T? = null

    var actual: Delegate = Delegate.CPU
        private set

    /** What is open now. */
    val engine: T get() = checkNotNull(opened) { "the engine is closed" }

    val reason: String
        get() {
            val chosen = if (actual == requested || requested == Delegate.AUTO) choice.reasons[actual] else null
            return (declined + (chosen ?: "so ${actual.label} took over")).joinToString("; ")
        }

    init {
        opened = openNext()
    }

    /** This one and those behind it; the others have declined or failed. */
    val remaining: EngineChoice
        get() = EngineChoice(choice.factories.dropWhile { it.delegate != actual }, declined.toList(), choice.reasons)

    /** Does some [work] on the engine, and all of it again on another one where this one fails. */
    fun <R> run(work: (T) -> R): R {
        while (true) {
            try {
                return work(engine).also { survived() }
            } catch (error: EngineException) {
                close()
                survived() // it failed, and the process lives
                declined += "${actual.label} failed on a block: ${error.message}"
                opened = openNext()
            }
        }
    }

    /** To be called once the engine has computed something, as that may take the process along. */
    fun survived(): Unit = crashes.survived(actual)

    override fun close() {
        opened?.close()
        opened = null
    }

    private fun openNext(): T {
        while (candidates.isNotEmpty()) {
            val factory = candidates.removeFirst()
            try {
                crashes.check(factory.delegate)
                accelerator.check(factory.delegate)
                crashes.entering(factory.delegate)
                val opened = open(factory)
                accelerator.claim(factory.delegate)
                actual = factory.delegate
                return opened
            } catch (error: EngineException) {
                crashes.survived(factory.delegate)
                declined += "${factory.delegate.label} declined: ${error.message}"
            } catch (error: DenoiseException) {
                crashes.survived(factory.delegate)
                throw error
            }
        }
        throw DenoiseException(FailureKind.DELEGATE, declined.joinToString("; "))
    }

    companion object {
        /** In this process of this app. */
        fun <T : Closeable> open(
            context: Context,
            requested: Delegate,
            choice: EngineChoice,
            open: (BlockEngineFactory) -> T,
        ): EngineSelection<T> {
            val crashes = crashRecord(context, WorkFolder.of(context))
            return EngineSelection(requested, choice, crashes, OneAccelerator.OF_THIS_PROCESS, open)
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

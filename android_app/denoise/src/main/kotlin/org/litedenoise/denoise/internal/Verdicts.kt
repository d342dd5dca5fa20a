package org.litedenoise.denoise.internal

import org.json.JSONException
import org.json.JSONObject
import org.litedenoise.denoise.Delegate
import java.io.File
import java.io.IOException
import java.security.MessageDigest

/**
 * The outcome of trying each accelerator, kept until something changes that it depends on.
 *
 * @param facts all that may change a verdict: the system with its drivers, the model, the threads.
 */
internal class Verdicts(
    folder: File,
    facts: List<String>,
) {
    private val file: File by lazy {
        val digest = MessageDigest.getInstance("SHA-256").digest(facts.joinToString("|").toByteArray())
        File(folder, "verdict-${digest.take(8).joinToString("") { "%02x".format(it) }}.json")
    }

    fun read(): Map<Delegate, Trial> =
        try {
            val json = JSONObject(file.readText())
            Delegate.values().filter { json.has(it.label) }.associateWith { Trial.of(json.getJSONObject(it.label)) }
        } catch (_: IOException) {
            emptyMap() // not measured yet
        } catch (_: JSONException) {
            emptyMap()
        }

    /** Where it cannot be kept, the next start measures again. */
    fun write(trials: Map<Delegate, Trial>) {
        val json = JSONObject()
        for ((delegate, trial) in trials) json.put(delegate.label, trial.toJson())
        val draft = File(file.path + ".part")
        try {
            file.parentFile?.mkdirs()
            draft.writeText("$json")
            draft.renameTo(file)
        } catch (_: IOException) {
            draft.delete()
        }
    }
}

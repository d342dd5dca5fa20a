package org.litedenoise.app

import android.app.Activity
import android.os.Build
import android.os.Bundle
import android.os.PowerManager
import android.util.Log
import android.view.WindowManager
import android.widget.TextView
import org.litedenoise.denoise.BlockTimer
import org.litedenoise.denoise.DenoiserOptions
import org.litedenoise.tiling.Size
import java.io.File
import kotlin.concurrent.thread

/**
 * Times one model on one delegate and writes benchmark.json into its external files; started by adb in a process of its
 * own. Extras and keys are described in android_app/README.md.
 */
open class BenchmarkActivity : Activity() {
    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        window.addFlags(WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.O_MR1) { // in the foreground, also if the phone locks
            setShowWhenLocked(true)
            setTurnScreenOn(true)
        }
        setContentView(TextView(this).apply { text = getString(R.string.app_name) })
        if (savedInstanceState == null) thread(name = "benchmark") { measure() }
    }

    protected open fun open(options: DenoiserOptions, block: Size, seed: Long): BlockTimer =
        BlockTimer(this, options, block, seed)

    private fun measure() {
        val result = measureBenchmark(intent, ::open, ::thermalStatus)
        // Where adb may read it, whatever the build type.
        val folder = getExternalFilesDir(null) ?: filesDir
        val unfinished = File(folder, "$RESULT.part")
        unfinished.writeText(result.toString())
        unfinished.renameTo(File(folder, RESULT))
        Log.i(TAG, "done: ${File(folder, RESULT)}")
        runOnUiThread { finish() }
    }

    private fun thermalStatus(): Int? =
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.Q) {
            null
        } else {
            getSystemService(PowerManager::class.java)?.currentThermalStatus
        }

    private companion object {
        const val TAG = "LiteDenoiseBenchmark"
        const val RESULT = "benchmark.json"
    }
}

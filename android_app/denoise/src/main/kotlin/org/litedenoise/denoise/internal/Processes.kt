package org.litedenoise.denoise.internal

import android.app.ActivityManager
import android.app.ApplicationExitInfo
import android.content.Context
import android.os.Build
import android.os.Process
import android.system.OsConstants

private val FATAL_SIGNALS = setOf(OsConstants.SIGSEGV, OsConstants.SIGABRT, OsConstants.SIGBUS, OsConstants.SIGILL, OsConstants.SIGFPE)

/** The phone's chip as its maker names it, e.g. SM8750; Android tells it since 12. */
internal fun chipName(): String? = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) Build.SOC_MODEL else null

/** The record of crashes of this app, on this phone. */
internal fun crashRecord(context: Context, folder: WorkFolder) =
    CrashRecord(folder.root, Build.FINGERPRINT, Process.myPid()) { endingOf(context, it) }

/** How a process of this app ended; Android keeps that since 11. */
private fun endingOf(context: Context, process: Int): ProcessEnding {
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.R) return ProcessEnding.UNKNOWN
    val manager = context.getSystemService(ActivityManager::class.java) ?: return ProcessEnding.UNKNOWN
    val exit = manager.getHistoricalProcessExitReasons(context.packageName, process, 1).firstOrNull()
    return when (exit?.reason) {
        null, ApplicationExitInfo.REASON_UNKNOWN -> ProcessEnding.UNKNOWN
        ApplicationExitInfo.REASON_CRASH_NATIVE -> ProcessEnding.CRASHED
        ApplicationExitInfo.REASON_SIGNALED -> if (exit.status in FATAL_SIGNALS) ProcessEnding.CRASHED else ProcessEnding.KILLED
        else -> ProcessEnding.KILLED
    }
}

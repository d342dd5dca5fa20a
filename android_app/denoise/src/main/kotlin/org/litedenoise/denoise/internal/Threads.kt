package org.litedenoise.denoise.internal

import android.os.Looper

/** Decoding, inference and files have no place on the thread that draws. */
internal fun requireWorkerThread() =
    check(Looper.myLooper() != Looper.getMainLooper()) { "call this from a worker thread, not from the main one" }

package org.litedenoise.app

import android.app.Application
import org.litedenoise.denoise.Denoiser

/** Holds the work, which outlives screens. */
open class LiteDenoiseApp : Application() {
    internal val studio by lazy { Studio(this, newDenoiser()) }

    protected open fun newDenoiser(): Denoiser = Denoiser.create(this)
}

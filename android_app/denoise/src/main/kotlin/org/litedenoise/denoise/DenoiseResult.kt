package org.litedenoise.denoise

/** What became of a photo. More kinds may be added; the compiler then points to each `when` without `else`. */
public sealed interface DenoiseResult {
    /** It is denoised; close [photo] when it is no longer shown. */
    public class Success(
        public val photo: DenoisedPhoto,
    ) : DenoiseResult

    /** It could not be denoised, for the reason [kind]; [message] says what was expected, what came and what to do. */
    public class Failure(
        public val kind: FailureKind,
        public val message: String,
    ) : DenoiseResult {
        override fun toString(): String = "$kind: $message"
    }

    /** The caller stopped it. Nothing is left behind. */
    public data object Cancelled : DenoiseResult
}

/** Why a photo could not be denoised or saved. More reasons may be added. */
public enum class FailureKind {
    /** The photo is gone, or may not be read. */
    NO_ACCESS,

    /** The file is damaged, or of a kind that this device cannot decode. */
    UNREADABLE,

    /** The memory that may be used is too small for any block. */
    MEMORY,

    /** No space is left on the device. */
    STORAGE,

    /** The model or its sidecar is damaged. */
    MODEL,

    /** Not even the CPU ran the network. */
    DELEGATE,

    /** The result could not be written. */
    OUTPUT,
}

/** A failure on its way to [DenoiseResult.Failure], with its [kind]; [DenoisedPhoto] and [BlockTimer] throw it. */
public class DenoiseException(
    public val kind: FailureKind,
    message: String,
    cause: Throwable? = null,
) : Exception(message, cause)

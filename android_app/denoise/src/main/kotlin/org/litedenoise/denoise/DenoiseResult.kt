package org.litedenoise.denoise

/** How a photo fared. */
public sealed interface DenoiseResult {
    /** It is denoised; close [photo] when it is no longer shown. */
    public data class Success(
        val photo: DenoisedPhoto,
    ) : DenoiseResult

    /** It is not; [message] says what was expected, what came and what to do, in English. */
    public data class Failure(
        val kind: FailureKind,
        val message: String,
    ) : DenoiseResult

    /** The caller stopped it. Nothing is left behind. */
    public data object Cancelled : DenoiseResult
}

/** Why a photo could not be denoised or saved. */
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

/** A failure on its way to [DenoiseResult.Failure]; never leaves the library but from [DenoisedPhoto]. */
public class DenoiseException(
    public val kind: FailureKind,
    message: String,
    cause: Throwable? = null,
) : Exception(message, cause)

"""Every error the SDK raises on purpose.

LiteDenoiseError                                                           .is_unforeseen
├── OptionsError          an option outside its range, or options that contradict each other
├── ImageError            the picture cannot be used                       .path, .format
│   ├── UnreadableImage   empty, truncated, or not a picture
│   ├── UnsupportedImage  a picture of a kind, shape, dtype or range that is not handled
│   └── ImageTooLarge     more pixels than the limit allows                .size, .limit
├── ModelError            the model file cannot be used
│   ├── CorruptModel      truncated, or not a TensorFlow Lite file of this network
│   └── SidecarMismatch   the sidecar is missing, unreadable, or describes another file
├── DelegateError         the requested processor cannot run the model     .delegate
├── OutputError           the result cannot be written                     .path
└── Cancelled             the progress callback asked to stop

Messages are for people and may change. What a program needs is in the attributes on the right.
"""

from pathlib import Path

from litedenoise_sdk.geometry import Size


class LiteDenoiseError(Exception):
    """Base of all errors raised by litedenoise_sdk.

    Attributes:
        is_unforeseen: it stands for an error that nobody thought of, its cause: worth a report.
    """

    is_unforeseen = False


class OptionsError(LiteDenoiseError, ValueError):
    """An option has a value outside its range."""


class ImageError(LiteDenoiseError):
    """The picture cannot be used.

    Attributes:
        path: the file, if the picture was given as a path.
        format: container of the file ("JPEG", "PNG", "HEIC", ...), if known.
    """

    path: Path | None = None
    format: str | None = None


class UnreadableImage(ImageError):
    """The file is empty, truncated, or not a picture."""


class UnsupportedImage(ImageError, ValueError):
    """The picture is of a kind, shape, dtype or range that is not handled."""


class ImageTooLarge(ImageError):
    """The picture has more pixels than ``max_pixels`` allows, or its file asks for more work than
    any photo needs.

    Attributes:
        size: height and width of the picture, if the file states them.
        limit: how many pixels are accepted.
    """

    def __init__(self, message: str, *, size: Size | None = None, limit: int | None = None) -> None:
        super().__init__(message)
        self.size = size
        self.limit = limit


class ModelError(LiteDenoiseError):
    """The model file cannot be used."""


class CorruptModel(ModelError):
    """The file is truncated or is not a TensorFlow Lite model of this network."""


class SidecarMismatch(ModelError):
    """The sidecar is missing, unreadable, or describes another file."""


class DelegateError(LiteDenoiseError):
    """The requested processor cannot run the model.

    Attributes:
        delegate: the one that was asked for ("gpu", "npu", ...), where the error is about one.
    """

    delegate: str | None = None


class OutputError(LiteDenoiseError, OSError):
    """The result cannot be written where it was asked for.

    Attributes:
        path: the file that was to be written, where it was named by its path.
    """

    path: Path | None = None


class Cancelled(LiteDenoiseError):
    """The progress callback asked to stop; nothing was written."""


def in_words(error: Exception) -> str:
    """What a user reads: of the system's errors the path and the reason, without their number."""
    if isinstance(error, MemoryError):
        return "not enough memory on this machine"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)

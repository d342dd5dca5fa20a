"""Every error the SDK raises on purpose.

LiteDenoiseError
├── OptionsError          an option outside its range, or options that contradict each other
├── ImageError            the picture cannot be used
│   ├── UnreadableImage   empty, truncated, or not a picture
│   ├── UnsupportedImage  a picture of a kind, shape, dtype or range that is not handled
│   └── ImageTooLarge     more pixels than the limit allows (decompression bombs)
├── ModelError            the model file cannot be used
│   ├── CorruptModel      truncated, or not a TensorFlow Lite file of this network
│   └── SidecarMismatch   the sidecar is missing, unreadable, or describes another file
├── DelegateError         the processor that was asked for cannot run the model
├── OutputError           the result cannot be written where it was asked for
└── Cancelled             the progress callback asked to stop
"""


class LiteDenoiseError(Exception):
    """Base of all errors raised by litedenoise_sdk."""


class OptionsError(LiteDenoiseError, ValueError):
    """An option has a value outside its range."""


class ImageError(LiteDenoiseError):
    """The picture cannot be used."""


class UnreadableImage(ImageError):
    """The file is empty, truncated, or not a picture."""


class UnsupportedImage(ImageError, ValueError):
    """The picture is of a kind, shape, dtype or range that is not handled."""


class ImageTooLarge(ImageError):
    """The picture has more pixels than the limit allows."""


class ModelError(LiteDenoiseError):
    """The model file cannot be used."""


class CorruptModel(ModelError):
    """The file is truncated or is not a TensorFlow Lite model of this network."""


class SidecarMismatch(ModelError):
    """The sidecar is missing, unreadable, or describes another file."""


class DelegateError(LiteDenoiseError):
    """The processor that was asked for cannot run the model."""


class OutputError(LiteDenoiseError, OSError):
    """The result cannot be written where it was asked for."""


class Cancelled(LiteDenoiseError):
    """The progress callback asked to stop; nothing was written."""

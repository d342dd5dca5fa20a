"""The net under readers of models."""

from contextlib import AbstractContextManager

from litedenoise_sdk.errors import CorruptModel
from litedenoise_sdk.guard import guarded


def guarded_model() -> AbstractContextManager[None]:
    """Lets LiteDenoiseError, OSError and MemoryError pass; others become CorruptModel."""
    return guarded(
        CorruptModel,
        "expected a whole TensorFlow Lite model, got one that is damaged",
        "fetch it again",
    )

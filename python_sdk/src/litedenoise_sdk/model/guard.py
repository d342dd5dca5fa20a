"""The net under readers of models: whatever they raise by mistake becomes our own error.

A model that is damaged in a way nobody thought of must not end a batch or a service. The original
error stays the cause, so that a log shows where it came from.
"""

import contextlib
from collections.abc import Iterator

from litedenoise_sdk.errors import CorruptModel, LiteDenoiseError


@contextlib.contextmanager
def guarded_model() -> Iterator[None]:
    """Lets LiteDenoiseError, OSError and MemoryError pass; others become CorruptModel."""
    try:
        yield
    except (LiteDenoiseError, OSError, MemoryError):
        raise
    except Exception as error:
        raise CorruptModel(
            "expected a whole TensorFlow Lite model, got one that is damaged "
            f"({type(error).__name__}: {error}); fetch it again"
        ) from error

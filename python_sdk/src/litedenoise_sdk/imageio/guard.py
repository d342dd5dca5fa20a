"""The net under decoders and encoders: whatever they raise by mistake becomes our own error.

A file that is damaged in a way nobody thought of must not end a batch or a service. The original
error stays the cause, so that a log shows where it came from.
"""

import contextlib
from collections.abc import Iterator

from litedenoise_sdk.errors import LiteDenoiseError, OutputError, UnreadableImage


@contextlib.contextmanager
def guarded_reading() -> Iterator[None]:
    """Lets LiteDenoiseError, OSError and MemoryError pass; others become UnreadableImage."""
    try:
        yield
    except (LiteDenoiseError, OSError, MemoryError):
        raise
    except Exception as error:
        raise UnreadableImage(
            f"the file cannot be read as a picture ({type(error).__name__}: {error}); get it again "
            "from its source"
        ) from error


@contextlib.contextmanager
def guarded_writing(format: str) -> Iterator[None]:
    """Lets LiteDenoiseError, OSError and MemoryError pass; others become OutputError."""
    try:
        yield
    except (LiteDenoiseError, OSError, MemoryError):
        raise
    except Exception as error:
        raise OutputError(
            f"the photo cannot be written as {format} ({type(error).__name__}: {error}); "
            "choose another format"
        ) from error

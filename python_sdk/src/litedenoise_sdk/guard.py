"""The net under code that meets damaged files: what it raises by mistake becomes our own error.

A file that is damaged in a way nobody thought of must not end a batch or a service. The original
error stays the cause, so that a log shows where it came from.
"""

import contextlib
from collections.abc import Iterator

from litedenoise_sdk.errors import LiteDenoiseError


@contextlib.contextmanager
def guarded(kind: type[LiteDenoiseError], problem: str, advice: str) -> Iterator[None]:
    """Lets LiteDenoiseError, OSError and MemoryError pass; others become ``kind``.

    Args:
        kind: the error to raise instead.
        problem: what its message says first; the original error follows in brackets.
        advice: what to do about it, which ends the message.
    """
    try:
        yield
    except (LiteDenoiseError, OSError, MemoryError):
        raise
    except Exception as error:
        caught = kind(f"{problem} ({type(error).__name__}: {error}); {advice}")
        caught.is_unforeseen = True
        raise caught from error

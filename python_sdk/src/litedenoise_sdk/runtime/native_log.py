"""Keeps what native libraries print off the user's terminal, and keeps it for error messages."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_STDERR = 2
_ROUTINE = b"INFO:"
_lock = threading.Lock()


@contextmanager
def captured_log(*, quiet: bool = False) -> Iterator[list[str]]:
    """Collects what is written to the standard error descriptor, natively too, while it is open.

    The list that is yielded is filled on leaving. Routine lines are dropped; everything else is
    passed on to standard error afterwards, late but whole, because other threads may have written
    it. Where a process has no standard error, nothing is collected.

    Args:
        quiet: collect all lines and pass nothing on, for accelerators, which write pages.
    """
    # Imported late: it is the slowest import of the package, and only needed to open a model.
    import tempfile

    lines: list[str] = []
    with _lock, tempfile.TemporaryFile() as log:
        original = _duplicate_stderr()
        if original is None:
            yield lines
            return
        os.dup2(log.fileno(), _STDERR)
        try:
            yield lines
        finally:
            os.dup2(original, _STDERR)
            os.close(original)
            log.seek(0)
            kept = [line for line in log if quiet or not line.startswith(_ROUTINE)]
            lines += [line.decode(errors="replace").strip() for line in kept]
            if not quiet:
                os.write(_STDERR, b"".join(kept))


def _duplicate_stderr() -> int | None:
    try:
        return os.dup(_STDERR)
    except OSError:
        return None

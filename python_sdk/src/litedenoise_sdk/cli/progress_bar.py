"""A progress bar on a terminal, and nothing at all anywhere else."""

import shutil
import time
from typing import TextIO

_BAR_CELLS = 24
_REDRAW_SECONDS = 0.1


class ProgressBar:
    """One line that redraws itself; silent if the stream is not a terminal."""

    def __init__(self, stream: TextIO, *, enabled: bool = True) -> None:
        self._stream = stream
        self._enabled = enabled and stream.isatty()
        self._drawn_at = 0.0
        self._visible = False

    def show(self, label: str, done: int, total: int) -> None:
        """Draws ``done`` of ``total`` blocks, at most ten times a second."""
        now = time.monotonic()
        if not self._enabled or (done < total and now - self._drawn_at < _REDRAW_SECONDS):
            return
        self._drawn_at = now
        filled = _BAR_CELLS * done // max(total, 1)
        bar = "█" * filled + "░" * (_BAR_CELLS - filled)
        tail = f" {bar} {100 * done // max(total, 1):3d} %"
        room = shutil.get_terminal_size().columns - len(tail) - 1
        self._draw(label[:room] + tail)

    def clear(self) -> None:
        """Clears the line, so that other text can be printed."""
        if self._visible:
            self._draw("")
            self._visible = False

    def _draw(self, line: str) -> None:
        self._stream.write(f"\r\x1b[K{line}")
        self._stream.flush()
        self._visible = True

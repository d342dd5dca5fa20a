"""Pillow's JPEG decoder, whose rows are handed on as soon as they are decoded."""

import mmap

import numpy as np
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from litedenoise_sdk.imageio.canvas import Canvas

_PIXEL_BYTES = 4
"""Red, green, blue, and one that the decoder sets to 255."""


class JpegRows(JpegImageFile):
    """A JPEG file that, in RGB, can be decoded into a canvas without a second whole picture.

    Pillow decodes into memory that is reserved for the whole picture, but taken row by row as it
    is written to. Each time it asks for more of the file, the rows that are finished move on and
    their memory goes back to the system, where the system can take it (not on Windows).
    """

    _canvas: Canvas | None = None

    def decode_into(self, canvas: Canvas) -> None:
        """Decodes all rows of a picture in RGB. Raises what ``load`` raises."""
        self._canvas = canvas
        self._memory = mmap.mmap(-1, self.width * self.height * _PIXEL_BYTES)
        self._rows = np.frombuffer(self._memory, np.uint8).reshape(self.height, self.width, -1)
        self._moved = self._returned = 0
        self.im = Image.frombuffer("RGBX", self.size, self._rows, "raw", "RGBX", 0, 1).im
        self.load()
        self._move_finished(canvas)

    def load_read(self, read_bytes: int) -> bytes:
        """Called by Pillow whenever the decoder has used up its input."""
        if self._canvas is not None:
            self._move_finished(self._canvas)
        return super().load_read(read_bytes)

    def _move_finished(self, canvas: Canvas) -> None:
        stop = self._moved
        while stop < self.height and self._rows[stop, -1, -1]:
            stop += 1
        canvas.write(self._moved, 0, self._rows[self._moved : stop, :, :3])
        self._moved = stop
        end = stop * self.width * _PIXEL_BYTES // mmap.PAGESIZE * mmap.PAGESIZE
        if end > self._returned and hasattr(mmap, "MADV_DONTNEED"):
            self._memory.madvise(mmap.MADV_DONTNEED, self._returned, end - self._returned)
            self._returned = end

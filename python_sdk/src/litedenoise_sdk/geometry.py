"""Sizes and boxes in whole pixels. Height comes before width everywhere, as in array shapes."""

import re
from dataclasses import dataclass


def ceil_to(length: int, multiple: int) -> int:
    """The smallest multiple of ``multiple`` that is at least ``length``."""
    return -(-length // multiple) * multiple


@dataclass(frozen=True, slots=True)
class Size:
    """Height and width of an image or block, in pixels."""

    height: int
    width: int

    @classmethod
    def parse(cls, text: str) -> "Size":
        """Reads "HEIGHTxWIDTH", as ``str`` writes it; ValueError for anything else."""
        sides = re.fullmatch(r"(\d{1,5})x(\d{1,5})", text)
        if not sides:
            raise ValueError(f"expected HEIGHTxWIDTH, e.g. 1088x1920; got {text!r}")
        return cls(int(sides[1]), int(sides[2]))

    @property
    def area(self) -> int:
        return self.height * self.width

    def __str__(self) -> str:
        return f"{self.height}x{self.width}"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: rows ``top`` to ``bottom``, columns ``left`` to ``right``, ends excluded."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def size(self) -> Size:
        return Size(self.bottom - self.top, self.right - self.left)

    @property
    def slices(self) -> tuple[slice, slice]:
        """Row and column slices that cut this box out of an (H, W, ...) array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def shifted(self, rows: int, columns: int) -> "Box":
        return Box(self.top + rows, self.left + columns, self.bottom + rows, self.right + columns)

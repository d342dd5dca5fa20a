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

    @classmethod
    def of(cls, size: Size) -> "Box":
        """All of an image or block."""
        return cls(0, 0, size.height, size.width)

    @property
    def slices(self) -> tuple[slice, slice]:
        """Row and column slices that cut this box out of an (H, W, ...) array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def shifted(self, rows: int, columns: int) -> "Box":
        return Box(self.top + rows, self.left + columns, self.bottom + rows, self.right + columns)

    @property
    def doubled(self) -> "Box":
        """The same area of an image twice as fine."""
        return Box(2 * self.top, 2 * self.left, 2 * self.bottom, 2 * self.right)

    @property
    def halved(self) -> "Box":
        """The same area of an image half as fine; all four ends are even."""
        return Box(self.top // 2, self.left // 2, self.bottom // 2, self.right // 2)

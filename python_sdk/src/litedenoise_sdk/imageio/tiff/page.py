"""What one directory of a TIFF file says about how its pixels are stored (TIFF 6.0)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from litedenoise_sdk.errors import UnreadableImage, UnsupportedImage
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio.ifd import BrokenDirectory, Directory, Source, TiffReader
from litedenoise_sdk.imageio.limits import (
    MAX_PIECES,
    MAX_TILE_AREA_PX,
    MIN_TILE_PX,
    check_budget,
    check_size,
)

SUBFILE_TYPE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 254, 256, 257, 258, 259, 262
STRIP_OFFSETS, SAMPLES, ROWS_PER_STRIP, STRIP_BYTES, PLANAR = 273, 277, 278, 279, 284
PREDICTOR, TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_BYTES = 317, 322, 323, 324, 325
FILL_ORDER, EXTRA_SAMPLES, SAMPLE_FORMAT, SUB_DIRECTORIES = 266, 338, 339, 330

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB = 0, 1, 2
_RAW = frozenset({32803, 34892})
"""Colour filter array, and linear raw."""
PREMULTIPLIED, STRAIGHT = 1, 2
UNSIGNED, SIGNED, FLOAT = 1, 2, 3
_REDUCED, _MASK = 1, 4
_MAX_PAGES = 10_000
_MAX_SUB_DIRECTORIES = 16


@dataclass(frozen=True, slots=True)
class TiffPage:
    """One picture.

    Attributes:
        size: as stored.
        bits, sample_format: of all channels; bits is 0 if they differ.
        photometric, compression, predictor, planar, fill_order: the tags' values.
        samples: channels, extra ones included.
        extra: what the channels after the colours are.
        piece: height and width of a tile, or rows of a strip and the whole width.
        tiled: pieces are tiles, padded to their full size.
        offsets, lengths: of the pieces in the file, row by row, plane by plane.
    """

    size: Size
    bits: int
    sample_format: int
    photometric: int
    compression: int
    predictor: int
    planar: int
    fill_order: int
    samples: int
    extra: tuple[int, ...]
    piece: Size
    tiled: bool
    offsets: tuple[int, ...]
    lengths: tuple[int, ...]

    @property
    def colours(self) -> int:
        return 3 if self.photometric == RGB else 1

    @property
    def alpha_channel(self) -> int | None:
        """Which channel is alpha: also a single extra one that the file says nothing about.

        One that it calls unspecified is not: scanners put infrared there, editors masks.
        """
        for index, kind in enumerate(self.extra[: self.samples - self.colours]):
            if kind in (PREMULTIPLIED, STRAIGHT):
                return self.colours + index
        return self.colours if not self.extra and self.samples == self.colours + 1 else None


def is_raw(file: BinaryIO) -> bool:
    """Whether a TIFF file is a camera raw file (DNG, NEF, ARW, ...), and no developed picture.

    Raw files begin with a preview, and keep the sensor's data in a directory below it; developed
    pictures may well have kept the other tags of the raw file that they come from, and begin with a
    preview, too, but then another page has the picture.
    """
    try:
        reader = TiffReader(Source(file))
        first = reader.directory(reader.first_offset)
        if _integer(reader, first, PHOTOMETRIC, 0) in _RAW or _holds_raw(reader, first):
            return True
        return not any(_is_full(reader, page) for page in _pages(reader, first))
    except BrokenDirectory:
        return False
    finally:
        file.seek(0)


def only_page(reader: TiffReader) -> Directory:
    """The directory of a file's one picture; previews and masks beside it do not count.

    Raises:
        UnreadableImage: the directory lies outside the file.
        UnsupportedImage: several pages.
    """
    try:
        first = reader.directory(reader.first_offset)
    except BrokenDirectory as error:
        raise UnreadableImage(f"the TIFF file is damaged or cut short: {error}") from error
    pages = [page for page in _pages(reader, first) if _is_full(reader, page)]
    if len(pages) > 1:
        raise UnsupportedImage(
            f"the TIFF file holds {len(pages)} pages; expected a single picture. Split it first"
        )
    return pages[0] if pages else first


def _pages(reader: TiffReader, directory: Directory) -> Iterator[Directory]:
    """A directory and those that follow it, as far as they can be read."""
    seen = {reader.first_offset}
    yield directory
    while directory.next_offset and directory.next_offset not in seen and len(seen) < _MAX_PAGES:
        seen.add(directory.next_offset)
        try:
            directory = reader.directory(directory.next_offset)
        except BrokenDirectory:
            return
        yield directory


def _is_full(reader: TiffReader, directory: Directory) -> bool:
    """Neither a smaller version of another page nor its mask."""
    return not _integer(reader, directory, SUBFILE_TYPE, 0) & (_REDUCED | _MASK)


def _holds_raw(reader: TiffReader, directory: Directory) -> bool:
    for offset in _integers(reader, directory, SUB_DIRECTORIES)[:_MAX_SUB_DIRECTORIES]:
        try:
            below = reader.directory(offset)
        except BrokenDirectory:
            continue
        if _integer(reader, below, PHOTOMETRIC, 0) in _RAW:
            return True
    return False


def page_size(reader: TiffReader, directory: Directory) -> Size:
    """Height and width. UnreadableImage: not stated."""
    return Size(_integer(reader, directory, HEIGHT, 0), _integer(reader, directory, WIDTH, 0))


def read_page(reader: TiffReader, directory: Directory) -> TiffPage:
    """How the pixels are stored. Raises UnreadableImage where the tags make no sense."""

    def one(tag: int, default: int) -> int:
        return _integer(reader, directory, tag, default)

    size = page_size(reader, directory)
    bits = set(_integers(reader, directory, BITS) or (1,))
    formats = set(_integers(reader, directory, SAMPLE_FORMAT) or (UNSIGNED,))
    # Some writers list tiles in the tags of strips.
    listed_as_tiles = directory.find(TILE_OFFSETS) is not None
    tiled = listed_as_tiles or directory.find(TILE_WIDTH) is not None
    if tiled:
        piece = Size(one(TILE_HEIGHT, 0), one(TILE_WIDTH, 0))
        if min(piece.height, piece.width) < MIN_TILE_PX:
            raise UnreadableImage(
                f"the TIFF file is damaged: its tiles are {piece} pixels; expected {MIN_TILE_PX} "
                "or more a side"
            )
        check_size(piece, max(MAX_TILE_AREA_PX, 2 * size.area))
    else:
        piece = Size(max(1, min(one(ROWS_PER_STRIP, size.height), size.height)), size.width)
    offsets = _integers(reader, directory, TILE_OFFSETS if listed_as_tiles else STRIP_OFFSETS)
    lengths = _integers(reader, directory, TILE_BYTES if listed_as_tiles else STRIP_BYTES)
    check_budget("strips or tiles", len(offsets), MAX_PIECES)
    if len(offsets) == 1 and not lengths:
        lengths = (reader.source.size - offsets[0],)
    if piece.height < 1 or piece.width < 1 or len(offsets) != len(lengths):
        raise UnreadableImage("the TIFF file is damaged: its strips or tiles make no sense")
    return TiffPage(
        size=size,
        bits=bits.pop() if len(bits) == 1 else 0,
        sample_format=formats.pop() if len(formats) == 1 else 0,
        photometric=one(PHOTOMETRIC, BLACK_IS_ZERO),
        compression=one(COMPRESSION, 1),
        predictor=one(PREDICTOR, 1),
        planar=one(PLANAR, 1),
        fill_order=one(FILL_ORDER, 1),
        samples=one(SAMPLES, 1),
        extra=_integers(reader, directory, EXTRA_SAMPLES),
        piece=piece,
        tiled=tiled,
        offsets=offsets,
        lengths=lengths,
    )


def _integers(reader: TiffReader, directory: Directory, tag: int) -> tuple[int, ...]:
    entry = directory.find(tag)
    try:
        return reader.integers(entry) if entry else ()
    except BrokenDirectory as error:
        raise UnreadableImage(f"the TIFF file is damaged or cut short: {error}") from error


def _integer(reader: TiffReader, directory: Directory, tag: int, default: int) -> int:
    return next(iter(_integers(reader, directory, tag)), default)

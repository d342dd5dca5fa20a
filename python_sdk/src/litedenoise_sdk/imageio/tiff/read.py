"""TIFF to pixels: 8 and 16 bits and floating point, strips and tiles, BigTIFF."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

import numpy as np

from litedenoise_sdk.errors import UnreadableImage, UnsupportedImage
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import exif as exif_block
from litedenoise_sdk.imageio.arrays import OVERSHOOT
from litedenoise_sdk.imageio.canvas import Canvas, band_rows
from litedenoise_sdk.imageio.ifd import BrokenDirectory, Source, TiffReader
from litedenoise_sdk.imageio.limits import check_size
from litedenoise_sdk.imageio.photo import Photo, Pixels
from litedenoise_sdk.imageio.pillow import SRGB_NOTE, cmyk_to_srgb, read_pixels, reading
from litedenoise_sdk.imageio.srgb import srgb_profile
from litedenoise_sdk.imageio.tiff import codec
from litedenoise_sdk.imageio.tiff.metadata import left_out, read_metadata
from litedenoise_sdk.imageio.tiff.page import (
    BLACK_IS_ZERO,
    FLOAT,
    PREMULTIPLIED,
    RGB,
    SIGNED,
    UNSIGNED,
    WHITE_IS_ZERO,
    TiffPage,
    only_page,
    page_size,
    read_page,
)
from litedenoise_sdk.imageio.upright import turned_upright

_DTYPES = {
    (8, UNSIGNED): "u1",
    (16, UNSIGNED): "u2",
    (8, SIGNED): "u1",
    (16, SIGNED): "u2",
    (16, FLOAT): "f2",
    (32, FLOAT): "f4",
}
_MAX_MASKS = 28
_COLOURS = {
    0: "grey", 1: "grey", 2: "RGB", 3: "palette", 4: "mask", 5: "CMYK", 6: "YCbCr", 8: "CIE L*a*b*",
    9: "ICC L*a*b*", 10: "ITU L*a*b*", 32803: "colour filter array", 32844: "CIE Log2(L)",
    32845: "CIE Log2(L) (u', v')", 34892: "linear raw",
}  # fmt: skip
"""By number, what TIFF calls photometric interpretation."""
_PILLOW_MODES = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr"})


def read_tiff(file: BinaryIO, max_pixels: int) -> Photo:
    """Decode a TIFF file with a single page.

    Raises:
        UnreadableImage: damaged or cut short.
        UnsupportedImage: several pages, camera raw, or a kind that is not read.
        ImageTooLarge: more than ``max_pixels`` pixels.
    """
    try:
        reader = TiffReader(Source(file))
    except BrokenDirectory as error:
        raise _damaged(error) from error
    directory = only_page(reader)
    check_size(page_size(reader, directory), max_pixels)
    page = read_page(reader, directory)
    metadata = read_metadata(reader, directory)
    orientation = exif_block.read_orientation(metadata.exif)
    if _is_plain(page):
        canvas = _read_plain(reader, page, orientation)
        notes = _clip(canvas) if page.sample_format == FLOAT else ()
        if page.sample_format == SIGNED:
            notes = ("signed values were shifted, so that the darkest is 0",)
        photo = Photo(canvas.pixels, canvas.alpha, canvas.grey, metadata, notes, canvas.masks)
    elif page.bits in (1, 2, 4, 8):
        photo = replace(_read_by_pillow(file, page, max_pixels), metadata=metadata)
        if photo.notes:
            photo = replace(photo, metadata=replace(metadata, icc=srgb_profile()))
    else:
        raise _unsupported(page)
    photo = replace(photo, notes=photo.notes + left_out(directory))
    return turned_upright(photo, orientation)


def _is_plain(page: TiffPage) -> bool:
    """The pixels are read here, and not by Pillow."""
    return (
        (page.bits, page.sample_format) in _DTYPES
        and page.photometric in (WHITE_IS_ZERO, BLACK_IS_ZERO, RGB)
        and page.compression in codec.COMPRESSIONS
        and page.predictor in (1, 2, 3)
        and 0 <= page.samples - page.colours <= _MAX_MASKS
        and page.planar in (1, 2)
        and page.fill_order == 1
    )


def _read_plain(reader: TiffReader, page: TiffPage, orientation: int) -> Canvas:
    stored = np.dtype(reader.order + _DTYPES[page.bits, page.sample_format])
    dtype = np.dtype(np.float32) if page.sample_format == FLOAT else stored.newbyteorder("=")
    alpha = page.alpha_channel
    masks = page.samples - page.colours - (alpha is not None)
    canvas = Canvas(page.size, page.colours + (alpha is not None), dtype, orientation, masks)
    for top, left, plane, piece in _pieces(reader, page, stored):
        piece = piece[: page.size.height - top, : page.size.width - left]
        piece = piece.astype(dtype, copy=False)
        if page.sample_format == SIGNED:
            piece = piece ^ dtype.type(_top(dtype) // 2 + 1)
        if page.photometric == WHITE_IS_ZERO and plane in (None, 0):
            piece = piece.copy()
            piece[..., :1] = _top(dtype) - piece[..., :1]
        if plane is None:
            canvas.write(top, left, _alpha_first(piece, page.colours, alpha))
        else:
            canvas.write_plane(_place(plane, page.colours, alpha), top, left, piece[..., 0])
    if alpha is not None and canvas.stored_alpha is not None:
        kind = page.extra[alpha - page.colours] if page.extra else None
        if kind == PREMULTIPLIED:
            _divide_by_alpha(canvas.stored, canvas.stored_alpha)
    return canvas


def _place(channel: int, colours: int, alpha: int | None) -> int:
    """Where a channel goes: behind the colours comes alpha, then the masks in their order."""
    if channel < colours or alpha is None or channel > alpha:
        return channel
    return colours if channel == alpha else channel + 1


def _alpha_first(piece: Pixels, colours: int, alpha: int | None) -> Pixels:
    if alpha in (None, colours):
        return piece
    order = sorted(range(piece.shape[2]), key=lambda channel: _place(channel, colours, alpha))
    return piece[..., order]


def _pieces(
    reader: TiffReader, page: TiffPage, stored: np.dtype[Any]
) -> Iterator[tuple[int, int, int | None, Pixels]]:
    """(top, left, plane or None for all channels, (h, w, channels)) of every strip or tile."""
    channels = page.samples if page.planar == 1 else 1
    row_bytes = page.piece.width * channels * stored.itemsize
    across = -(-page.size.width // page.piece.width)
    down = -(-page.size.height // page.piece.height)
    planes = 1 if page.planar == 1 else page.samples
    if len(page.offsets) < planes * down * across:
        raise UnreadableImage(
            f"the TIFF file is damaged: it needs {planes * down * across} strips or tiles and "
            f"lists {len(page.offsets)}"
        )
    for index in range(planes * down * across):
        plane, place = divmod(index, down * across)
        top = place // across * page.piece.height
        left = place % across * page.piece.width
        rows = page.piece.height if page.tiled else min(page.piece.height, page.size.height - top)
        # A strip that is not compressed can be as large as the photo: it is read in parts.
        part = rows
        if page.compression == codec.NONE:
            part = min(rows, band_rows(row_bytes, 1))
        for start in range(0, rows, part):
            count = min(part, rows - start)
            if page.compression == codec.NONE:
                offset, length = page.offsets[index] + start * row_bytes, count * row_bytes
            else:
                offset, length = page.offsets[index], page.lengths[index]
            try:
                packed = reader.source.read(offset, length)
                data = codec.decompress(packed, page.compression, count, row_bytes)
            except (BrokenDirectory, OSError, ValueError, SyntaxError, zlib.error) as error:
                raise _damaged(error) from error
            if len(data) < count * row_bytes:
                raise _damaged("a strip or tile holds fewer pixels than it should")
            lines = np.frombuffer(data, np.uint8).reshape(count, page.piece.width, -1)
            piece = codec.unpredict(lines, page.predictor, stored)
            yield top + start, left, None if page.planar == 1 else plane, piece


def _divide_by_alpha(colours: Pixels, alpha: Pixels) -> None:
    """Premultiplied colours to straight ones, in place."""
    top = _top(alpha.dtype)
    step = band_rows(alpha.shape[1], 32)
    for start in range(0, alpha.shape[0], step):
        rows = slice(start, start + step)
        cover = alpha[rows, :, np.newaxis]
        if alpha.dtype == np.float32:
            colours[rows] /= np.where(cover > 0, cover, 1)
        else:
            wide = np.maximum(cover, 1).astype(np.uint32)
            straight = (colours[rows].astype(np.uint32) * np.uint32(top) + wide // 2) // wide
            colours[rows] = np.minimum(straight, top)


def _clip(canvas: Canvas) -> tuple[str, ...]:
    """Bring a floating-point picture into [0, 1]: only small overshoots of resampling are cut."""
    notes: tuple[str, ...] = ()
    for values in (canvas.stored, canvas.stored_alpha):
        if values is None:
            continue
        low, high = float(values.min()), float(values.max())
        # A NaN makes both of them NaN, which fails this as it should.
        if not (low >= -OVERSHOOT and high <= 1 + OVERSHOOT):
            raise UnsupportedImage(
                f"expected a floating-point TIFF with values in [0, 1]; got {low:g} to {high:g}. "
                "Export it as display-referred 16-bit or 32-bit TIFF"
            )
        if low < 0 or high > 1:
            np.clip(values, 0, 1, out=values)
            notes = (f"values from {low:g} to {high:g} were clipped to [0, 1]",)
    return notes


def _read_by_pillow(file: BinaryIO, page: TiffPage, max_pixels: int) -> Photo:
    """Palettes, CMYK, YCbCr, JPEG inside TIFF. Pillow turns TIFF upright by itself."""
    file.seek(0)
    with reading("the TIFF file"):
        try:
            image = codec.quiet_reader()(file)
        except SyntaxError as error:
            raise _unsupported(page) from error
    with image:
        # Once more: of a tag that is there twice Pillow need not believe the one read above.
        check_size(Size(image.height, image.width), max_pixels)
        if image.mode not in _PILLOW_MODES:
            raise _unsupported(page)
        with reading("the TIFF file"):
            image.load()
        notes: tuple[str, ...] = ()
        if image.mode == "CMYK":
            canvas = read_pixels(cmyk_to_srgb(image), 1)
            notes = (SRGB_NOTE,)
        else:
            canvas = read_pixels(image, 1)
    return Photo(canvas.pixels, canvas.alpha, canvas.grey, notes=notes)


def _top(dtype: np.dtype[Any]) -> int:
    return 1 if dtype == np.float32 else int(np.iinfo(dtype).max)


def _damaged(reason: object) -> UnreadableImage:
    return UnreadableImage(
        f"the TIFF file is damaged or cut short ({reason}); get the file again from its source"
    )


def _unsupported(page: TiffPage) -> UnsupportedImage:
    colours = _COLOURS.get(page.photometric, f"photometric {page.photometric}")
    return UnsupportedImage(
        f"TIFF in {colours} with {page.samples} channels of {page.bits or 'mixed'} bits, sample "
        f"format {page.sample_format}, compression {page.compression} is not read; expected grey "
        "or RGB of 8 or 16 bits or floating point, uncompressed, LZW or Deflate"
    )

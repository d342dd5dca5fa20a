"""PNG to pixels, 1 to 16 bits.

Pillow's zip decoder undoes the filters. It is handed the scanlines themselves, a band at a time and
below the last row of the band before, so that the memory needed is the band's; and in two passes
where no Pillow mode holds the pixels: of 16-bit colour, first the high bytes, then the low bytes.
"""

import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np

from litedenoise_sdk.imageio import colour
from litedenoise_sdk.imageio import exif as exif_block
from litedenoise_sdk.imageio.canvas import Canvas, band_rows
from litedenoise_sdk.imageio.limits import check_frames
from litedenoise_sdk.imageio.photo import Metadata, Photo, Pixels
from litedenoise_sdk.imageio.png.chunks import PngChunks, damaged, read_chunks, read_pieces
from litedenoise_sdk.imageio.upright import turned_upright

_LEAST_SHARE = 0.5
"""Of the rows: a picture with fewer is not worth denoising."""
_GREY, _RGB, _PALETTE, _GREY_ALPHA, _RGBA = 0, 2, 3, 4, 6
_CHANNELS = {_GREY: 1, _RGB: 3, _PALETTE: 1, _GREY_ALPHA: 2, _RGBA: 4}

# (depth, colour type): Pillow's mode, and the raw modes of the passes. Modes of 16-bit grey are
# those whose pixels are as many bytes as the file's: they hold its big-endian words as they lie.
_PASSES = {
    (1, _GREY): ("1", "1"),
    (2, _GREY): ("L", "L;2"),
    (4, _GREY): ("L", "L;4"),
    (8, _GREY): ("L", "L"),
    (8, _RGB): ("RGB", "RGB"),
    (1, _PALETTE): ("P", "P;1"),
    (2, _PALETTE): ("P", "P;2"),
    (4, _PALETTE): ("P", "P;4"),
    (8, _PALETTE): ("P", "P"),
    (8, _GREY_ALPHA): ("LA", "LA"),
    (8, _RGBA): ("RGBA", "RGBA"),
    (16, _GREY): ("LA", "LA"),
    (16, _GREY_ALPHA): ("RGBA", "RGBA"),
    (16, _RGB): ("RGB", "RGB;16B", "RGB;16L"),
    (16, _RGBA): ("RGBA", "RGBA;16B", "RGBA;16L"),
}


def read_png(
    file: BinaryIO, max_pixels: int, strict: bool = False, first_frame: bool = False
) -> Photo:
    """Decode a PNG file; 16-bit ones become uint16.

    Raises:
        UnreadableImage: damaged or cut short.
        UnsupportedImage: animated.
        ImageTooLarge: more than ``max_pixels`` pixels.
    """
    png = read_chunks(file, max_pixels, strict)
    check_frames("PNG", png.frames, first_frame)
    if png.frames > 1:
        png.notes.append(f"this is the first of {png.frames} frames: the others were left out")
    if (png.depth, png.colour_type) not in _PASSES:
        raise damaged(f"depth {png.depth} with colour type {png.colour_type} does not exist")
    orientation = exif_block.read_orientation(png.exif)
    finish = _Finish(png)
    dtype = np.dtype(np.uint16 if png.depth == 16 else np.uint8)
    canvas = Canvas(png.size, finish.channels, dtype, orientation)
    top = 0
    for samples in _samples(file, png, strict):
        canvas.write(top, 0, finish(samples))
        top += samples.shape[0]
    metadata = Metadata(
        format="PNG",
        exif=png.exif,
        icc=_profile(png),
        xmp=png.xmp,
        iptc=png.iptc,
        photoshop=png.photoshop,
        dpi=png.dpi,
        own=tuple(png.kept),
    )
    notes = (*png.damage, *png.notes)
    photo = Photo(canvas.pixels, canvas.alpha, canvas.grey, metadata, notes)
    return turned_upright(photo, orientation)


def _profile(png: PngChunks) -> bytes | None:
    """The ICC profile of the file, or one for what it says of its colours (PNG, section 4.3)."""
    stated = dict(png.kept)
    if cicp := stated.get("cICP"):
        if len(cicp) == 4 and not cicp[3]:
            png.notes.append("values in narrow range were left as they are")
        return colour.from_cicp(cicp) or png.icc
    if png.icc or "sRGB" in stated:
        return png.icc
    return colour.from_gamma(stated.get("gAMA"), stated.get("cHRM"))


def _samples(file: BinaryIO, png: PngChunks, strict: bool) -> Iterator[Pixels]:
    """The picture from top to bottom as (h, W, channels) uint8 or uint16; palettes as indices."""
    pieces = read_pieces(file, png.data)
    if png.interlaced or png.depth < 8:
        # Seven pictures in one, or pixels that share a byte: all at once.
        yield _decoded(png, b"".join(pieces), png.size.height)
        return
    row_bytes = png.size.width * _CHANNELS[png.colour_type] * png.depth // 8
    above = bytes(row_bytes)
    for band in _inflated(pieces, row_bytes + 1, png, strict):
        # Filter 0, none, in front of the row above; and no compression, which level 0 is.
        lines = zlib.compress(b"".join((b"\0", above, band)), 0)
        samples = _decoded(png, lines, len(band) // (row_bytes + 1) + 1)[1:]
        last = samples[-1]
        above = (last.astype(">u2") if png.depth == 16 else last).tobytes()
        yield samples


def _inflated(
    pieces: Iterator[bytes], line_bytes: int, png: PngChunks, strict: bool
) -> Iterator[bytes]:
    """The filtered scanlines, in bands; rows that are missing below are empty, and noted."""
    inflater = zlib.decompressobj()
    if png.damage:
        # As zlib drops what it has when it meets an error, it gets little at a time, and its own
        # checksum is not looked at.
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        pieces = _slices(pieces)
    height = png.size.height
    rows = band_rows(line_bytes, 1)
    lines = bytearray()
    reason: object = "not enough picture data"
    for piece in pieces:
        try:
            while height:
                wanted = min(rows, height) * line_bytes
                lines += inflater.decompress(piece, wanted - len(lines))
                piece = inflater.unconsumed_tail
                if len(lines) == wanted:
                    yield bytes(lines)
                    height -= len(lines) // line_bytes
                    lines.clear()
                elif not piece:
                    break
        except zlib.error as error:
            reason = error
            break
    if not height:
        return
    missing = height - len(lines) // line_bytes
    if strict or missing > png.size.height * (1 - _LEAST_SHARE):
        raise damaged(reason)
    png.damage.append(
        f"the pixel data ends early or is damaged: {missing} of {png.size.height} rows are "
        "missing, below"
    )
    lines += bytes(height * line_bytes - len(lines))
    for start in range(0, len(lines), rows * line_bytes):
        yield bytes(lines[start : start + rows * line_bytes])


def _slices(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """A zlib stream without its header, a little at a time."""
    skip = 2
    for piece in pieces:
        for at in range(skip, len(piece), 256):
            yield piece[at : at + 256]
        skip = max(0, skip - len(piece))


def _decoded(png: PngChunks, data: bytes, rows: int) -> Pixels:
    """(rows, W, channels) of a zlib stream of scanlines."""
    from PIL import Image

    mode, *raw_modes = _PASSES[png.depth, png.colour_type]
    size = (png.size.width, rows)
    passes = []
    for raw_mode in raw_modes:
        try:
            image = Image.frombytes(mode, size, data, "zip", (raw_mode, int(png.interlaced)))
        except (ValueError, OSError) as error:
            raise damaged(error) from error
        passes.append(np.asarray(image.convert("L") if mode == "1" else image))
    channels = _CHANNELS[png.colour_type]
    if len(passes) == 2:
        samples = passes[0].astype(np.uint16)
        samples <<= 8
        samples |= passes[1]
        return samples
    if png.depth == 16:
        return passes[0].view(">u2").astype(np.uint16).reshape(rows, -1, channels)
    return passes[0].reshape(rows, -1, channels)


class _Finish:
    """Looks colours up in the palette, and makes alpha of tRNS.

    Attributes:
        channels: of the result: 1 grey, 3 RGB, and one more with alpha.
    """

    def __init__(self, png: PngChunks) -> None:
        self.channels = _CHANNELS[png.colour_type]
        self._colours: Pixels | None = None
        self._key: Pixels | None = None
        transparency = png.transparency
        if png.colour_type == _PALETTE:
            self._colours = _palette(png)
            self.channels = self._colours.shape[1]
        elif transparency is not None and png.colour_type in (_GREY, _RGB):
            if len(transparency) != 2 * self.channels:
                raise damaged("its transparent colour has the wrong length")
            # Shallow grey is spread over 8 bits, and so its key has to be.
            spread = 255 // (2**png.depth - 1) if png.depth < 8 else 1
            self._key = np.frombuffer(transparency, ">u2").astype(np.uint16) * np.uint16(spread)
            self.channels += 1

    def __call__(self, samples: Pixels) -> Pixels:
        if self._colours is not None:
            colours: Pixels = self._colours[samples[..., 0]]
            return colours
        if self._key is None:
            return samples
        # One colour is transparent. Denoised it would be another, so alpha has to say it.
        opaque = (samples != self._key).any(axis=2, keepdims=True)
        alpha = np.where(opaque, np.iinfo(samples.dtype).max, 0).astype(samples.dtype)
        return np.concatenate((samples, alpha), axis=2)


def _palette(png: PngChunks) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """256 colours, RGB or RGBA; black where the file has fewer."""
    if not png.palette or len(png.palette) % 3 or len(png.palette) > 768:
        raise damaged("its palette has no colours, or too many")
    opacity = png.transparency
    colours = np.zeros((256, 3 if opacity is None else 4), np.uint8)
    colours[: len(png.palette) // 3, :3] = np.frombuffer(png.palette, np.uint8).reshape(-1, 3)
    if opacity is not None:
        colours[:, 3] = 255
        colours[: len(opacity), 3] = np.frombuffer(opacity, np.uint8)[:256]
    return colours

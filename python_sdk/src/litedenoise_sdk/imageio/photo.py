"""A photograph in memory: upright pixels, and everything else its file said."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.geometry import Size

if TYPE_CHECKING:
    from litedenoise_sdk.imageio.heif.container import Attached
    from litedenoise_sdk.imageio.jpeg.mpf import Index

Format = Literal["JPEG", "PNG", "WEBP", "TIFF", "HEIC", "AVIF", "JPEG XL"]
"""What is read and written."""
OnlyRead = Literal["BMP", "GIF", "JPEG 2000", "PPM", "camera raw"]
"""What is read, and written as PNG (camera raw: as TIFF) unless another format is asked for."""
Pixels = NDArray[Any]
"""uint8, uint16, or float32 in [0, 1]."""

MAX_JPEG_EXIF_BYTES = 65_533 - 6
"""A segment, less the "Exif" header."""


@dataclass(frozen=True, slots=True)
class JpegHints:
    """How a JPEG file was compressed, so that the new file is no worse and no larger.

    Attributes:
        tables: one or two quantization tables of 64 divisors, row by row, of the upright picture.
        subsampling: 0 for 4:4:4, 1 for 4:2:2, 2 for 4:2:0, in the upright picture's directions.
        progressive: the file was written in several scans.
    """

    tables: tuple[tuple[int, ...], ...]
    subsampling: int
    progressive: bool


@dataclass(frozen=True, slots=True)
class LossyHints:
    """How much room a WebP, HEIC, AVIF or JPEG XL file gave its picture.

    Attributes:
        bytes_per_px: of the compressed picture, without transparency and metadata.
        subsampling: as in ``JpegHints``.
    """

    bytes_per_px: float
    subsampling: int = 2


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file says about its pixels.

    Attributes:
        format: container the photo came from, PNG where that is only read; None for arrays.
        exif: the EXIF block, a small TIFF file that starts with its byte order mark. Its
            orientation is 1 wherever the block can be read, as the pixels are upright; a block
            that cannot be read is kept as it came.
        icc: ICC profile the pixels are in.
        xmp: XMP packet, without the container's own header.
        iptc: captions and keywords as IPTC-IIM records.
        photoshop: Photoshop's other image resources, without previews.
        dpi: dots per inch, horizontal then vertical, of the upright picture.
        jpeg: compression of a JPEG source.
        lossy: room that a WebP, HEIC, AVIF or JPEG XL source gave its picture.
        depth: bits a channel where these are neither 8 nor 16: those of HEIC, AVIF and JPEG XL.
        lossless: a WebP source was compressed without loss.
        own: records that only a file of the same ``format`` can hold, as (name, payload): PNG
            and WebP chunks, JPEG XL boxes, JPEG segments and what follows its picture, TIFF tags.
        followers: the pictures that follow a JPEG picture, by their MPF directory.
        attached: what hangs at a HEIC or AVIF picture.
    """

    format: Format | None = None
    exif: bytes | None = None
    icc: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    photoshop: bytes | None = None
    dpi: tuple[float, float] | None = None
    jpeg: JpegHints | None = None
    lossy: LossyHints | None = None
    depth: int | None = None
    lossless: bool = False
    own: tuple[tuple[str, bytes], ...] = ()
    followers: "Index | None" = None
    attached: "Attached | None" = None


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """One photograph.

    Attributes:
        pixels: (H, W, 3) uint8, uint16, or float32 in [0, 1], upright, in the file's own colour
            space, not premultiplied. Often a view of the caller's array, so neither contiguous
            nor to be written to; a grey photo repeats one plane with a stride of zero.
        alpha: (H, W) of the same dtype, 0 for transparent, or None.
        grey: the three channels are one, and the file has to stay grey.
        metadata: everything else the file said.
        notes: what had to be changed while reading, in words for the user.
        masks: (H, W, n) of the same dtype: channels that are neither colour nor alpha (infrared of
            scanners, selections saved by editors), or None.
    """

    pixels: Pixels
    alpha: Pixels | None = None
    grey: bool = False
    metadata: Metadata = Metadata()
    notes: tuple[str, ...] = ()
    masks: Pixels | None = None

    @property
    def size(self) -> Size:
        return Size(self.pixels.shape[0], self.pixels.shape[1])

    def with_pixels(self, pixels: Pixels) -> "Photo":
        """The same photo with other pixels.

        Args:
            pixels: (H, W, 3), of the same size and dtype. For a grey photo the mean of the three
                channels is what will be kept.

        Raises:
            ValueError: another shape or dtype.
        """
        if pixels.shape != self.pixels.shape or pixels.dtype != self.pixels.dtype:
            raise ValueError(
                f"expected {self.pixels.shape} {self.pixels.dtype}, the photo's own; "
                f"got {pixels.shape} {pixels.dtype}"
            )
        return replace(self, pixels=pixels)


def repeat_grey(plane: Pixels) -> Pixels:
    """An (H, W) plane seen as (H, W, 3) without copying it; read-only."""
    return np.broadcast_to(plane[..., np.newaxis], (*plane.shape, 3))

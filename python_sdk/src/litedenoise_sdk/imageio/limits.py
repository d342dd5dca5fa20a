"""What a file may ask for, in one place: anything beyond is refused before it costs much.

Real photographs stay far below each of these; files made to stop a service do not.
"""

from litedenoise_sdk.errors import ImageTooLarge, OutputError, UnreadableImage, UnsupportedImage
from litedenoise_sdk.geometry import Size

MAX_METADATA_BYTES = 64_000_000
"""EXIF, profiles, captions and trailers of one file, unpacked; depth maps and films included."""

MAX_PROFILE_BYTES = 32_000_000
"""One compressed profile or text, unpacked."""

MAX_JPEG_SCANS = 100
"""Progressive encoders write about ten; each costs a pass over all coefficients."""

MAX_PNG_CHUNKS = 200_000
"""Pixel data may come in pieces of a few kilobytes; metadata in a few hundred."""

MAX_PNG_RECORDS = 2_000
"""Chunks beside the picture's, of which some programs write one for each tag of EXIF."""

MAX_WEBP_CHUNKS = 10_000

MAX_JPEG_SEGMENTS = 5_000

MAX_HEIF_ITEMS = 10_000
"""A picture of 200 megapixels has 768 tiles."""

MAX_HEIF_EXTENTS = 100_000
"""Pieces of all items, of which most have one."""

MAX_AV1_UNITS = 50_000
"""Of all pictures of an AVIF file; each has three, or one more for each group of its tiles."""

MAX_JP2_TILES = 10_000
"""Of which the decoder takes 12 kB for each; those of a photograph have some 100 pixels a side."""

MAX_JP2_TILE_PARTS = 100_000
"""A tile may come in one part for each resolution and layer."""

MIN_JP2_PX, MAX_JP2_PX_PER_BYTE = 10_000_000, 1_000
"""The decoder takes 19 bytes a pixel of a tile, whatever there is of it. One byte for more pixels
than this is less than any encoder makes of a photograph; smaller pictures may be of one colour."""

MIN_JP2_BLOCKS, JP2_PX_PER_BLOCK = 200_000, 128
"""Code-blocks of a picture, some 500 bytes each to the decoder; those of photographs have 1,024 or
4,096 pixels."""

MAX_JP2_PACKETS = 10_000_000
"""Pieces of one precinct in one layer of quality."""

MAX_JXL_LAYERS = 100
"""Frames that make one picture, each of which costs a pass over all pixels."""

MAX_JXL_CHANNELS = 32
"""Colours, transparency, depth and inks."""

MAX_FOLLOWERS = 1_000
"""Pictures behind the first one of a JPEG file."""

MAX_RESOURCES = 10_000
"""Of Photoshop, which writes about forty."""

MAX_DIRECTORIES = 10_000
"""TIFF pages, EXIF blocks and what hangs off them, all together."""

MAX_ENTRIES = 50_000
"""Tags of all directories that are read; cameras write a few hundred."""

MAX_NUMBERS = 1_000_000
"""In one tag."""

MIN_TILE_PX = 16
"""A tile's side is a multiple of this (TIFF 6.0, section 15)."""

MAX_TILE_AREA_PX = 4_096 * 4_096
"""Unless the picture itself is larger."""

MAX_PIECES = 200_000
"""Strips or tiles of a TIFF file."""


def check_size(size: Size, max_pixels: int) -> None:
    """Refuse pictures without pixels, and decompression bombs.

    Raises:
        UnreadableImage: a side of 0.
        ImageTooLarge: more than ``max_pixels`` pixels.
    """
    if size.height < 1 or size.width < 1:
        raise UnreadableImage(f"the file says the picture is {size} pixels; expected at least 1x1")
    if size.area > max_pixels:
        raise ImageTooLarge(
            f"the picture has {size.width} x {size.height} = {size.area / 1e6:.1f} megapixels; at "
            f"most {max_pixels / 1e6:g} are accepted. Raise max_pixels if the file can be trusted",
            size=size,
            limit=max_pixels,
        )


def check_frames(format: str, frames: int, first_frame: bool) -> None:
    """Refuse animations, unless their first frame is wanted.

    Raises:
        UnsupportedImage: more than one frame.
    """
    if frames > 1 and not first_frame:
        raise UnsupportedImage(
            f"the {format} file is an animation of {frames} frames; expected a single picture. "
            "Ask for the first frame, or extract the one you want"
        )


def check_budget(what: str, count: int, most: int) -> None:
    """Refuse files that ask for more than any photograph needs.

    Raises:
        ImageTooLarge: ``count`` is above ``most``.
    """
    if count > most:
        raise ImageTooLarge(
            f"the file has {count} {what}; at most {most} are accepted, which is far more than "
            "photographs have. Save the picture again with a photo editor"
        )


def check_sides(size: Size, most: int, format: str) -> None:
    """Refuse to write what a format cannot hold.

    Raises:
        OutputError: a side is longer than ``most`` pixels.
    """
    if max(size.height, size.width) > most:
        raise OutputError(
            f"{format} holds at most {most} pixels a side; the photo has {size}. "
            "Write PNG or TIFF instead"
        )

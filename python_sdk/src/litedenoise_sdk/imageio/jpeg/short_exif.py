"""An EXIF block that is too long for a JPEG segment, without its longest values."""

from litedenoise_sdk.imageio.ifd import BrokenDirectory, Source, TiffReader
from litedenoise_sdk.imageio.tiff.metadata import exif_of

_LEAST_BYTES = 64


def fitted(exif: bytes, most: int) -> tuple[bytes | None, str]:
    """The block in at most so many bytes, and what was left out, with its verb.

    Values that nothing points to go first, then the longest ones, of which maker notes are most.
    """
    longest = most
    try:
        while longest >= _LEAST_BYTES:
            reader = TiffReader(Source(exif))
            first = reader.directory(reader.first_offset)
            block = exif_of(reader, first, longest=longest)
            if block and len(block) <= most:
                return block, f"values of more than {longest} bytes were"
            longest //= 2
    except BrokenDirectory:
        pass
    return None, f"{len(exif)} bytes were"

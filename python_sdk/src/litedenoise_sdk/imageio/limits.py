"""Sizes that are refused before any memory is asked for."""

from litedenoise_sdk.errors import ImageTooLarge, UnreadableImage
from litedenoise_sdk.geometry import Size


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

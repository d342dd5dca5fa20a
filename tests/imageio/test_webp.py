"""WebP: with and without loss, alpha, metadata, damage."""

import io

import numpy as np
import pytest
from PIL import Image

from litedenoise_sdk.errors import ImageTooLarge, OutputError, UnreadableImage, UnsupportedImage
from litedenoise_sdk.imageio import Photo, decode, encode
from litedenoise_sdk.imageio.encode import write
from litedenoise_sdk.imageio.photo import Metadata, repeat_grey
from tests.imageio.imageio_files import SRGB, XMP, exif_block, noise, smooth, webp


@pytest.mark.parametrize("shape", [(20, 30, 3), (20, 30, 4), (1, 1, 3), (1, 30, 4)])
def test_lossless_files_stay_lossless(shape: tuple[int, ...]) -> None:
    array = noise(shape)
    first = decode(webp(array))
    for photo in (first, decode(encode(first, "WEBP"))):
        assert photo.metadata.lossless
        assert np.array_equal(photo.pixels, array[..., :3])
        if shape[2] == 4:
            assert photo.alpha is not None
            assert np.array_equal(photo.alpha, array[..., 3])


def test_lossy_files_stay_lossy_and_close() -> None:
    photo = decode(webp(smooth(40, 60), lossless=False, quality=90))
    assert not photo.metadata.lossless
    again = decode(encode(photo, "WEBP"))
    assert not again.metadata.lossless
    assert abs(again.pixels.astype(int) - photo.pixels).mean() < 2


def test_metadata_is_kept() -> None:
    source = webp(smooth(8, 12), exif=exif_block(1), icc_profile=SRGB, xmp=XMP)
    metadata = decode(encode(decode(source), "WEBP")).metadata
    assert metadata.icc == SRGB
    assert metadata.xmp == XMP
    with Image.open(io.BytesIO(encode(decode(source), "WEBP"))) as image:
        assert image.getexif()[0x010F] == "Acme Photo"


def test_a_grey_profile_is_not_put_on_colour() -> None:
    grey = bytearray(SRGB)
    grey[16:20] = b"GRAY"
    plane = smooth(8, 8)[..., 0]
    photo = Photo(repeat_grey(plane), grey=True, metadata=Metadata(icc=bytes(grey)))
    file = io.BytesIO()
    assert "grey ICC profile" in write(photo, file, "WEBP")[0]
    assert decode(file.getvalue()).metadata.icc is None


def test_animations_are_refused_with_their_frames() -> None:
    frames = [Image.fromarray(noise((8, 8, 3), seed=seed)) for seed in range(4)]
    file = io.BytesIO()
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    with pytest.raises(UnsupportedImage, match="4 frames"):
        decode(file.getvalue())


@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize("alpha", [False, True])
def test_sizes_are_read_before_decoding(lossless: bool, alpha: bool) -> None:
    data = webp(noise((7, 9, 4 if alpha else 3)), lossless=lossless)
    with pytest.raises(ImageTooLarge, match="9 x 7"):
        decode(data, max_pixels=62)
    assert decode(data, max_pixels=63).size.area == 63


def test_every_cut_is_noticed() -> None:
    data = webp(noise((9, 9, 3)))
    for length in range(12, len(data), 5):
        with pytest.raises(UnreadableImage):
            decode(data[:length])


def test_damage_inside_is_noticed() -> None:
    data = bytearray(webp(noise((9, 9, 3))))
    data[26:60] = bytes(34)
    with pytest.raises(UnreadableImage):
        decode(bytes(data))
    data[12:16] = b"JUNK"
    with pytest.raises(UnreadableImage):
        decode(bytes(data))


def test_sides_that_webp_cannot_hold() -> None:
    with pytest.raises(OutputError, match="16383"):
        encode(Photo(np.zeros((1, 16_384, 3), np.uint8)), "WEBP")


def test_previews_in_xmp_are_left_out_as_they_show_the_noisy_picture() -> None:
    packet = (
        b'<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4">'
        b"<xmp:Thumbnails><rdf:Alt><rdf:li>/9j/4AAQ</rdf:li></rdf:Alt></xmp:Thumbnails>"
        b"</rdf:Description>"
    )
    xmp = decode(webp(smooth(8, 8), xmp=packet)).metadata.xmp
    assert xmp == packet[: packet.index(b"<xmp:Th")] + b"</rdf:Description>"

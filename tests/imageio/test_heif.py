"""What hangs at a HEIC or AVIF picture, in files as libheif and libavif read them."""

import io
import struct
from dataclasses import replace
from typing import Any

import numpy as np
import pillow_heif
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from litedenoise_sdk.imageio import Format, decode, encode
from litedenoise_sdk.imageio.boxes import box, boxes
from litedenoise_sdk.imageio.encode import write
from litedenoise_sdk.imageio.heif.container import (
    Container,
    Item,
    container_bytes,
    read_container,
)
from tests.imageio.imageio_files import smooth

GAIN_MAP = b"urn:com:apple:photo:2020:aux:hdrgainmap\0"
CLAIM = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description '
    b'xmlns:HDRGainMap="http://ns.apple.com/HDRGainMap/1.0/" HDRGainMap:HDRGainMapVersion="1" '
    b'xmp:Rating="4"/></rdf:RDF></x:xmpmeta>'
)
FILM = box(b"mpvd", b"film " * 9)
CREDENTIALS = box(b"uuid", bytes.fromhex("d8fec3d61b0e483c92975828877ec481") + bytes(9))
SIDE = 24


def written(pixels: NDArray[Any], format: str = "HEIC", **options: Any) -> bytes:
    file = io.BytesIO()
    if format == "AVIF":
        Image.fromarray(pixels).save(file, "AVIF", quality=95, **options)
    else:
        mode = {1: "L", 3: "RGB", 4: "RGBA"}[pixels.shape[2] if pixels.ndim == 3 else 1]
        image = pillow_heif.from_bytes(mode, pixels.shape[1::-1], pixels.tobytes())
        image.save(file, quality=95, **options)
    return file.getvalue()


def gain_map(format: str = "HEIC") -> Item:
    """Half as large as the picture, and hidden."""
    item = next(iter(read_container(written(smooth(32, 48)[..., 0].copy(), format)).items.values()))
    stated = (False, box(b"auxC", bytes(4) + GAIN_MAP))
    return replace(item, id=70, flags=1, properties=(*item.properties, stated))


def with_gain_map(turn: int = 0, format: str = "HEIC", **options: Any) -> bytes:
    """A file with a picture of 96x64 and a gain map of 48x32, both to be turned."""
    container = read_container(written(smooth(64, 96), format, **options))
    hanging = replace(gain_map(format), references=((b"auxl", (container.primary,)),))
    items = {**container.items, hanging.id: hanging}
    if turn:
        turned = (True, box(b"irot", bytes((turn,))))
        for id in (container.primary, hanging.id):
            items[id] = replace(items[id], properties=(*items[id].properties, turned))
    return container_bytes(replace(container, items=items))


def shown(data: bytes) -> tuple[NDArray[Any], NDArray[Any]]:
    """The picture and its gain map, as libheif decodes them."""
    image = pillow_heif.open_heif(data)
    (number,) = image.info["aux"][GAIN_MAP[:-1].decode()]
    return np.asarray(image).astype(int), np.asarray(image.get_aux_image(number))


@pytest.mark.parametrize("turn", range(4))
def test_a_gain_map_hangs_at_the_new_picture(turn: int) -> None:
    source = with_gain_map(turn)
    photo = decode(source)
    assert photo.notes == ()
    file = io.BytesIO()
    assert write(photo, file, "HEIC") == ()
    (before, map_before), (after, map_after) = shown(source), shown(file.getvalue())
    assert after.shape == before.shape
    assert abs(after - before).max() <= SIDE
    assert np.array_equal(map_after, map_before)
    again = decode(encode(decode(file.getvalue()), "HEIC"))
    assert again.metadata.attached is not None
    assert len(again.metadata.attached.items) == 1


@pytest.mark.parametrize("channels", [3, 4])
def test_transparency_beside_a_gain_map_is_turned_with_its_picture(channels: int) -> None:
    photo = decode(with_gain_map(3))
    alpha = np.rot90(smooth(64, 96)[..., 1], -1) if channels == 4 else None
    data = encode(replace(photo, alpha=alpha), "HEIC")
    again = decode(data)
    assert abs(again.pixels.astype(int) - photo.pixels).max() <= SIDE
    if alpha is not None:
        assert again.alpha is not None
        assert abs(again.alpha.astype(int) - alpha).max() <= SIDE


def test_what_describes_a_tone_map_comes_along() -> None:
    container = read_container(with_gain_map())
    primary = container.primary
    items = dict(container.items)
    tile = replace(gain_map(), id=71, properties=gain_map().properties[:-1])
    items[70] = Item(
        70, 1, b"\0\0grid\0", struct.pack(">BBBBHH", 0, 0, 0, 0, 48, 32),
        gain_map().properties, ((b"auxl", (primary,)), (b"dimg", (71,))),
    )  # fmt: skip
    items[71] = tile
    items[72] = Item(72, 1, b"\0\0mime\0application/rdf+xml\0", CLAIM, (), ((b"cdsc", (70,)),))
    items[73] = Item(
        73, 0, b"\0\0tmap\0", b"tone", items[primary].properties, ((b"dimg", (primary, 70)),)
    )
    items[74] = Item(74, 1, b"\0\0abcd\0", b"of the picture", (), ((b"cdsc", (1,)),))
    source = replace(container, items=items, groups=((b"altr", (73, primary)),))
    found = read_container(encode(decode(container_bytes(source)), "HEIC"))
    kinds = {item.kind: item for item in found.items.values()}
    assert b"tmap" in found.brands
    assert kinds[b"tmap"].data == b"tone"
    grid = kinds[b"grid"]
    assert kinds[b"tmap"].references == ((b"dimg", (found.primary, grid.id)),)
    assert found.groups == ((b"altr", (kinds[b"tmap"].id, found.primary)),)
    (part,) = grid.refers(b"dimg")
    assert found.items[part].data == tile.data
    packets = [item for item in found.items.values() if item.data == CLAIM]
    assert [packet.refers(b"cdsc") for packet in packets] == [{grid.id}]
    assert not any(item.data == b"of the picture" for item in found.items.values())


@pytest.mark.parametrize("format", ["HEIC", "AVIF"])
def test_claims_stay_where_the_gain_map_does(format: Format) -> None:
    photo = decode(with_gain_map(format=format, xmp=CLAIM))
    kept = decode(encode(photo, format)).metadata
    assert kept.attached is not None
    assert kept.xmp is not None
    assert b"HDRGainMapVersion" in kept.xmp
    file = io.BytesIO()
    notes = write(photo, file, "JPEG")
    assert ["gain map" in note for note in notes] == [True]
    xmp = decode(file.getvalue()).metadata.xmp
    assert xmp is not None
    assert b"HDRGainMapVersion" not in xmp


@pytest.mark.parametrize("format", ["HEIC", "AVIF"])
def test_films_stay_and_credentials_go(format: Format) -> None:
    photo = decode(written(smooth(64, 96), format) + CREDENTIALS + FILM)
    assert ["C2PA" in note for note in photo.notes] == [True]
    data = encode(photo, format)
    assert data.endswith(FILM)
    assert CREDENTIALS not in data
    assert abs(decode(data).pixels.astype(int) - photo.pixels).max() <= SIDE


def test_parts_that_are_not_understood_are_noted() -> None:
    container = read_container(written(smooth(64, 96)))
    about = Item(90, 1, b"\0\0abcd\0", b"x", (), ((b"cdsc", (container.primary,)),))
    whole = replace(container, items={**container.items, 90: about})
    photo = decode(container_bytes(whole) + box(b"wxyz", b"y") + box(b"uuid", bytes(20)))
    (note,) = photo.notes
    assert note.endswith("left out: abcd, uuid, wxyz")


def test_further_pictures_are_noted() -> None:
    first, second = (Image.fromarray(array) for array in (smooth(64, 96), smooth(64, 64)))
    heif = pillow_heif.from_pillow(first)
    heif.add_from_pillow(second)
    file = io.BytesIO()
    heif.save(file)
    assert decode(file.getvalue()).notes == ("the file holds 2 pictures: the others were left out",)


@pytest.mark.parametrize("format", ["HEIC", "AVIF"])
@pytest.mark.parametrize("mirror", [0, 1])
@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_a_mirrored_picture_keeps_its_gain_map(turn: int, mirror: int, format: Format) -> None:
    container = read_container(with_gain_map(turn, format, xmp=CLAIM))
    mirrored = (True, box(b"imir", bytes((mirror,))))
    items = dict(container.items)
    for item in items.values():
        if item.kind in (b"hvc1", b"av01"):
            items[item.id] = replace(item, properties=(*item.properties, mirrored))
    source = container_bytes(replace(container, items=items))
    photo = decode(source)
    assert photo.notes == ()
    assert b"HDRGainMapVersion" in (photo.metadata.xmp or b"")
    written = encode(photo, format)
    before, after = (viewed(data, format) for data in (source, written))
    assert after.shape == before.shape
    assert abs(after - before).max() <= SIDE
    maps = [gain_maps(data) for data in (source, written)]
    assert maps[0] == maps[1]


def viewed(data: bytes, format: str) -> NDArray[Any]:
    """What viewers show, by the libraries themselves."""
    if format == "HEIC":
        return np.asarray(pillow_heif.open_heif(data)).astype(int)
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(ImageOps.exif_transpose(image)).astype(int)


def gain_maps(data: bytes) -> list[tuple[bytes, tuple[tuple[bool, bytes], ...]]]:
    """Data and properties of the gain maps of a file."""
    items = read_container(data).items.values()
    return [(i.data, i.properties) for i in items if GAIN_MAP in (i.property_of(b"auxC") or b"")]


@pytest.mark.parametrize("format", ["HEIC", "AVIF"])
def test_a_file_that_is_taken_apart_and_put_together_shows_the_same(format: Format) -> None:
    exif = b"Exif\0\0II*\0\x08\0\0\0" + bytes(6)
    source = written(smooth(64, 96), format, exif=exif, xmp=CLAIM)
    again = container_bytes(read_container(source))
    assert np.array_equal(decode(again).pixels, decode(source).pixels)
    assert decode(again).metadata == decode(source).metadata


@pytest.mark.parametrize("seed", range(20))
def test_damaged_directories_stop_nothing_of_ours(seed: int) -> None:
    source = with_gain_map(1)
    (end,) = (len(source) - len(content) for kind, content in boxes(source) if kind == b"mdat")
    random = np.random.default_rng(seed)
    data = bytearray(source)
    for at in random.integers(24, end, 4):
        data[at] = random.integers(256)
    try:
        container = read_container(bytes(data))
    except (ValueError, LookupError, struct.error):
        return
    assert isinstance(container, Container)

"""Edits to an XMP packet that leave the rest of it as it is, byte for byte."""

import re
from collections.abc import Mapping

GAIN_MAP_SPACES = (
    b"http://ns.adobe.com/hdr-gain-map/1.0/",
    b"http://ns.apple.com/HDRGainMap/1.0/",
)
CONTAINER_SPACES = (
    b"http://ns.google.com/photos/1.0/container/",
    b"http://ns.google.com/photos/1.0/container/item/",
)
_CAMERA_SPACE = b"http://ns.google.com/photos/1.0/camera/"
_MOTION = rb"(?:MotionPhoto|MicroVideo)\w*"
_ORIENTATION = re.compile(rb"(tiff:Orientation\s*(?:=\s*[\"']|>)\s*)[1-8](?=\s*[\"'<])")
_ITEM = re.compile(rb"<(?:\w+:)?Item\b[^>]*>")


def upright(xmp: bytes) -> bytes:
    """tiff:Orientation becomes 1."""
    return _ORIENTATION.sub(rb"\g<1>1", xmp)


def without_followers(xmp: bytes) -> bytes:
    """The packet without its claims that a gain map or a film follows the picture."""
    for space in (*GAIN_MAP_SPACES, *CONTAINER_SPACES):
        xmp = _without(xmp, space, rb"[\w-]+")
    return _without(xmp, _CAMERA_SPACE, _MOTION)


def claims_gain_map(xmp: bytes) -> bool:
    return any(space in xmp for space in GAIN_MAP_SPACES)


def with_lengths(xmp: bytes, lengths: Mapping[int, int]) -> bytes:
    """In a GContainer directory, replaces each item's length that is a key by its value."""

    def renew(item: re.Match[bytes]) -> bytes:
        return re.sub(
            rb"(:Length\s*=\s*[\"'])(\d{1,18})(?=[\"'])",
            lambda found: found[1] + b"%d" % lengths.get(int(found[2]), int(found[2])),
            item[0],
        )

    return _ITEM.sub(renew, xmp)


def _without(xmp: bytes, space: bytes, names: bytes) -> bytes:
    """Removes the attributes and elements of a namespace; its declaration is harmless and stays."""
    declared = re.search(rb"xmlns:([\w-]+)\s*=\s*[\"']" + re.escape(space) + rb"[\"']", xmp)
    if declared is None:
        return xmp
    name = re.escape(declared[1]) + rb":" + names
    xmp = re.sub(rb"<(" + name + rb")\b(?:[^>]*/>|.*?</\1\s*>)", b"", xmp, flags=re.DOTALL)
    return re.sub(rb"\s" + name + rb"\s*=\s*(?:\"[^\"]*\"|'[^']*')", b"", xmp)

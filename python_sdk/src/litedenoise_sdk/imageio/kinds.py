"""Files in a folder that are skipped, counted by kind."""

import os
from collections.abc import Mapping

from litedenoise_sdk.imageio.extras import advice
from litedenoise_sdk.imageio.sniff import RAW_SUFFIXES, RESULT_SUFFIXES, SUFFIXES

_VIDEOS = (".3gp", ".avi", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpg", ".mts", ".webm")
_KINDS = {
    **dict.fromkeys(_VIDEOS, "video"),
    **dict.fromkeys((".psb", ".psd"), "Photoshop file"),
    **dict.fromkeys((".aae", ".xmp"), "sidecar"),
    ".exr": "OpenEXR file",
    ".pdf": "PDF file",
}
_OTHER = "other file"


def kind_passed_over(name: str) -> str | None:
    """What kind of file a name stands for, in the singular; None for a picture that can be read.

    For a format whose library is not installed it says what to install.
    """
    suffix = os.path.splitext(name)[1].lower()
    format = "camera raw" if suffix in RAW_SUFFIXES else SUFFIXES.get(suffix)
    if format is not None:
        missing = advice(format)
        return f"{format}, {missing}" if missing else None
    return None if suffix in RESULT_SUFFIXES else _KINDS.get(suffix, _OTHER)


def summary(passed_over: Mapping[str, int]) -> str:
    """As in "3 skipped: 1 HEIC, install litedenoise-sdk[heif]; 2 videos"."""
    kinds = sorted(passed_over, key=lambda kind: (kind == _OTHER, kind))
    parts = [f"{passed_over[kind]} {_plural(kind, passed_over[kind])}" for kind in kinds]
    return f"{sum(passed_over.values())} skipped: {'; '.join(parts)}"


def _plural(kind: str, count: int) -> str:
    return f"{kind}s" if count > 1 and (kind in _KINDS.values() or kind == _OTHER) else kind

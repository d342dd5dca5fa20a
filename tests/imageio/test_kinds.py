"""Files that are passed over, counted and named."""

import sys
from collections import Counter

import pytest

from litedenoise_sdk.imageio.kinds import kind_passed_over, summary


def test_pictures_are_not_passed_over() -> None:
    for name in ("a.JPG", "b.heic", "c.dng", "d.bmp", "e.jxl", "f.avif"):
        assert kind_passed_over(name) is None


def test_kinds_are_counted_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    names = ("a.mov", "b.MP4", "c.heic", "d.txt", "e.aae")
    found = Counter(kind for name in names if (kind := kind_passed_over(name)))
    assert summary(found) == (
        "5 skipped: 1 HEIC, install litedenoise-sdk[heif]; 1 sidecar; 2 videos; 1 other file"
    )

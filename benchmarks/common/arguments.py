"""Command line values that several benchmarks take."""

import argparse
import re

from litedenoise_sdk.geometry import Size


def parse_size(text: str) -> Size:
    """``HxW`` in pixels, e.g. 2432x3200."""
    match = re.fullmatch(r"(\d+)x(\d+)", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"expected HEIGHTxWIDTH, e.g. 512x512; got {text!r}")
    return Size(int(match[1]), int(match[2]))

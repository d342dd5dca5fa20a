"""What a case's name tells: ``suite/engine/model/size``."""

import re

from benchmarks.host.case import AGAIN, photo_size


def megapixels(name: str) -> float | None:
    """Pixels of one query in millions: of ``photo-8mp``, or of ``1088x1920``; None of neither."""
    size = name.removesuffix(AGAIN).rsplit("/", 1)[-1]
    if photo := re.fullmatch(r"photo-([\d.]+)mp", size):
        return photo_size(float(photo[1])).area / 1e6
    if block := re.fullmatch(r"(\d+)x(\d+)", size):
        return int(block[1]) * int(block[2]) / 1e6
    return None


def engine(name: str) -> str:
    """What ran it, e.g. host/litert or android/npu."""
    return "/".join(name.split("/")[:2])


def model_and_size(name: str) -> str:
    """What ran, e.g. int8/1088x1920."""
    return "/".join(name.split("/")[2:])


def growth(name: str) -> bool:
    """Whether the case belongs to the series of growing photos."""
    return name.startswith("host/growth/")


def is_engine(name: str) -> bool:
    """Whether the case is one of queries: no start, no growth, no second measurement."""
    return engine(name) not in ("host/growth", "host/start") and not name.endswith(AGAIN)

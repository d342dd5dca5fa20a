"""Host cases by name, e.g. ``host/cpu/int8/photo-8mp``."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import product
from typing import Literal

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.options import Delegate, Precision

Kind = Literal["sdk", "litert", "openvino", "onnxruntime", "classical", "growth", "start"]

CLASSICAL = ("non-local-means", "total-variation", "wavelet", "bm3d")
"""Names in ``benchmarks.quality.methods``."""

AGAIN = "/again"
"""Ends the name of a case that is measured a second time in the same run."""

_PRECISIONS: tuple[Precision, ...] = ("int8", "fp16", "fp32")
_ENGINE_PRECISIONS: dict[Kind, tuple[Precision, ...]] = {
    "litert": _PRECISIONS,
    "openvino": _PRECISIONS,
    "onnxruntime": ("int8", "fp32"),  # it has no kernels for weights in fp16 alone
}
_SDK_DELEGATES: tuple[Delegate, ...] = ("auto", "npu", "cpu")
_SDK_BLOCK_PRECISIONS: tuple[Precision, ...] = ("int8", "fp32")
_ASPECT = 3200 / 2432
_CLASSICAL = Size(512, 512)


@dataclass(frozen=True, slots=True)
class HostCase:
    """One thing that is timed.

    Attributes:
        name: ``host/...``, as patterns pick it.
        kind: what runs it.
        what: precision of the model; for "classical" the method, for "start" what starts.
        size: height and width of the photo, or of the block for a bare engine.
        delegate: of the SDK.
    """

    name: str
    kind: Kind
    what: str
    size: Size
    delegate: Delegate = "cpu"

    @property
    def megapixels(self) -> float:
        """Pixels of one query, in millions."""
        return self.size.area / 1e6


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of the catalogue's cases.

    Attributes:
        photos_mp: photos for the SDK, in megapixels.
        blocks: blocks for the bare engines, and photos of one block for the SDK.
        classical: the picture for the classical methods, slow as they are.
        growth_mp: photos for the growth of time and memory in int8, in megapixels.
        growth_fp32_mp: the same in fp32, which takes several times as long for each of them.
    """

    photos_mp: Sequence[float] = (8,)
    blocks: Sequence[Size] = (Size(512, 512),)
    classical: Size = _CLASSICAL
    growth_mp: Sequence[float] = (1, 8, 24, 50, 100, 200)
    growth_fp32_mp: Sequence[float] = (1, 8, 24, 50)


def catalogue(sizes: Sizes) -> tuple[HostCase, ...]:
    """Every case there is, in the order of the report."""
    return (
        *_sdk(sizes.photos_mp),
        *_sdk_blocks(sizes.blocks),
        *_engines(sizes.blocks),
        *(
            HostCase(f"host/classical/{method}/{sizes.classical}", "classical", method,
                     sizes.classical)
            for method in CLASSICAL
        ),
        HostCase("host/start/import", "start", "import", Size(0, 0)),
        *(
            HostCase(f"host/start/first-photo-{precision}/photo-1mp", "start", precision,
                     photo_size(1))
            for precision in _PRECISIONS
        ),
        *(
            HostCase(f"host/growth/{precision}/photo-{megapixels:g}mp", "growth", precision,
                     photo_size(megapixels))
            for precision, growth_mp in (
                ("int8", sizes.growth_mp), ("fp32", sizes.growth_fp32_mp)
            )
            for megapixels in growth_mp
        ),
    )  # fmt: skip


def choose(cases: Sequence[HostCase], patterns: Sequence[str]) -> list[HostCase]:
    """The cases whose name matches any pattern (``*``, ``?``, ``[...]``), in their own order.

    Raises:
        ValueError: a pattern that matches no case.
    """
    for pattern in patterns:
        if not any(fnmatchcase(case.name, pattern) for case in cases):
            raise ValueError(
                f"no case matches {pattern!r}; `python -m benchmarks run --list` names all"
            )
    return [case for case in cases if any(fnmatchcase(case.name, one) for one in patterns)]


def twice(cases: Sequence[HostCase]) -> list[HostCase]:
    """Each case, and each once more under another name, to see what repeats within a run."""
    return [*cases, *(replace(case, name=case.name + AGAIN) for case in cases)]


def photo_size(megapixels: float) -> Size:
    """A photo's height and width, of the shape of 2432x3200: 8 is 2432x3200 within 2 %."""
    if megapixels == 8:
        return Size(2432, 3200)
    height = max(1, round((megapixels * 1e6 / _ASPECT) ** 0.5))
    return Size(height, max(1, round(height * _ASPECT)))


def _sdk(photos_mp: Sequence[float]) -> Iterator[HostCase]:
    for megapixels, precision in product(photos_mp, _PRECISIONS):
        name = f"host/cpu/{precision}/photo-{megapixels:g}mp"
        yield HostCase(name, "sdk", precision, photo_size(megapixels))


def _sdk_blocks(blocks: Sequence[Size]) -> Iterator[HostCase]:
    """The SDK on photos of one block, to compare with the bare engines."""
    for delegate, precision, block in product(_SDK_DELEGATES, _SDK_BLOCK_PRECISIONS, blocks):
        name = f"host/{delegate}/{precision}/{block}"
        yield HostCase(name, "sdk", precision, block, delegate=delegate)


def _engines(blocks: Sequence[Size]) -> Iterator[HostCase]:
    for kind, precisions in _ENGINE_PRECISIONS.items():
        for precision, block in product(precisions, blocks):
            yield HostCase(f"host/{kind}/{precision}/{block}", kind, precision, block)

"""Phone cases by name, e.g. ``android/npu/int8/1088x1920``."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import product
from typing import Literal, get_args

from benchmarks.common.published import BLOCK
from litedenoise_sdk.options import Precision

Delegate = Literal["npu", "gpu", "nnapi", "cpu"]

_PRECISIONS: tuple[Precision, ...] = ("int8", "fp16", "fp32")  # that the app carries
_BLOCKS = (BLOCK, "512x512")


@dataclass(frozen=True, slots=True)
class PhoneCase:
    """One model on one delegate in one block (``HEIGHTxWIDTH``), timed in a new process."""

    delegate: Delegate
    precision: Precision
    block: str

    @property
    def name(self) -> str:
        """As patterns pick it."""
        return f"android/{self.delegate}/{self.precision}/{self.block}"


CATALOGUE = tuple(
    PhoneCase(delegate, precision, block)
    for block, precision, delegate in product(_BLOCKS, _PRECISIONS, get_args(Delegate))
)
"""Every case, those of the published block first, delegates of one model side by side."""


def choose(patterns: Sequence[str]) -> list[PhoneCase]:
    """The cases whose name matches any pattern (``*``, ``?``, ``[...]``), in their own order.

    Raises:
        ValueError: a pattern that matches no case.
    """
    for pattern in patterns:
        if not any(fnmatchcase(case.name, pattern) for case in CATALOGUE):
            raise ValueError(f"no case matches {pattern!r}; --list names all")
    return [case for case in CATALOGUE if any(fnmatchcase(case.name, one) for one in patterns)]

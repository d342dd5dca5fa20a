"""What a caller may choose, validated once, frozen afterwards."""

import math
import os
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Literal, get_args

from litedenoise_sdk.errors import OptionsError
from litedenoise_sdk.memory_budget import default_budget_bytes

Precision = Literal["fp32", "fp16", "int8", "int16x8"]
Delegate = Literal["auto", "cpu", "gpu", "npu", "nnapi", "external"]
Policy = Literal["strict", "allow"]

DEFAULT_MAX_PIXELS = 400_000_000
MOST_THREADS = 1024


@dataclass(frozen=True, slots=True)
class DenoiserOptions:
    """How a Denoiser works.

    Attributes:
        precision: number format of the shipped weights: "fp32", "fp16", "int8", or "int16x8",
            which is made for NPUs and slow on a CPU.
        delegate: processor to run on: "cpu", "gpu", "npu", or "nnapi" and "external" for delegates
            in a library of their own. "auto" takes the fastest that computes the same as the CPU,
            measured once on this machine and remembered.
        threads: CPU threads, or None for all cores this process may use.
        max_memory_mb: peak resident memory of the process in megabytes (10**6 bytes) beyond the
            photo's own input and output arrays; for ``denoise_file`` in all, its photo included,
            unless that leaves too little for the network. None takes a quarter of the memory that
            is available when it is first needed (a container's limit counts), at least 256 and at
            most 2000; ``Denoiser.plan`` reports it.
        max_pixels: files with more pixels are refused before any memory is asked for, as a small
            file may claim to be huge. Arrays are not limited: they are in memory already.
        policy: where the named delegate cannot run the model, "strict" raises DelegateError, and
            "allow" runs on the CPU and says so in the report.
        delegate_library: path of the library for the delegates "external" and "nnapi".
        model: a .tflite file of this network with its .json sidecar beside it, used in place of
            the shipped weights; ``precision`` is then the file's.

    Raises:
        OptionsError: any value outside its range.
    """

    precision: Precision = "fp32"
    delegate: Delegate = "auto"
    threads: int | None = None
    max_memory_mb: int | None = None
    max_pixels: int = DEFAULT_MAX_PIXELS
    policy: Policy = "strict"
    delegate_library: str | None = None
    model: str | os.PathLike[str] | None = None

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("precision", self.precision, get_args(Precision)),
            ("delegate", self.delegate, get_args(Delegate)),
            ("policy", self.policy, get_args(Policy)),
        ):
            if value not in allowed:
                raise OptionsError(f"{name} must be one of {', '.join(allowed)}; got {value!r}")
        for name in ("threads", "max_memory_mb", "max_pixels"):
            given = getattr(self, name)
            if given is None and name != "max_pixels":
                continue
            # NumPy's numbers are fine, too.
            number = int(given) if isinstance(given, Integral) else 0
            if isinstance(given, bool) or number < 1:
                raise OptionsError(f"{name} must be a whole number of at least 1; got {given!r}")
            if name == "threads" and number > MOST_THREADS:
                raise OptionsError(f"threads must be at most {MOST_THREADS}; got {number}")
            object.__setattr__(self, name, number)

    @property
    def memory_bytes(self) -> int:
        """The budget in bytes."""
        if self.max_memory_mb is None:
            return default_budget_bytes()
        return self.max_memory_mb * 1_000_000


@dataclass(frozen=True, slots=True)
class Strength:
    """How much of the noise is removed, wherever a strength is taken.

    Attributes:
        overall: from 0, the photo as it was, to 1, the network's own result.
        luma: the same for brightness noise alone; None follows ``overall``.
        chroma: the same for colour noise alone; None follows ``overall``.

    Raises:
        OptionsError: a value outside [0, 1] or not finite.
    """

    overall: float = 1.0
    luma: float | None = None
    chroma: float | None = None

    def __post_init__(self) -> None:
        for name, value in (
            ("strength", self.overall),
            ("luma strength", self.luma),
            ("chroma strength", self.chroma),
        ):
            if value is None and name != "strength":
                continue
            if not isinstance(value, Real) or not _is_finite(value):
                raise OptionsError(f"{name} must be a number from 0 to 1; got {value!r}")
            if not 0 <= value <= 1:
                raise OptionsError(f"{name} must be from 0 to 1; got {value}")

    @staticmethod
    def of(strength: "float | Strength") -> "Strength":
        """A number as the strength it stands for."""
        return strength if isinstance(strength, Strength) else Strength(strength)

    @property
    def luma_weight(self) -> float:
        return float(self.overall if self.luma is None else self.luma)

    @property
    def chroma_weight(self) -> float:
        return float(self.overall if self.chroma is None else self.chroma)

    @property
    def is_none(self) -> bool:
        """Whether the photo stays as it was."""
        return self.luma_weight == 0 == self.chroma_weight


def _is_finite(number: Real) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # an integer too large for a float
        return False

"""What a caller may choose, validated once, frozen afterwards."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

from litedenoise_sdk.errors import OptionsError

Precision = Literal["fp32", "fp16", "int8", "int16x8"]
Delegate = Literal["auto", "cpu", "gpu", "npu", "nnapi", "external"]
Policy = Literal["strict", "allow"]

DEFAULT_MEMORY_MB = 512


@dataclass(frozen=True, slots=True)
class DenoiserOptions:
    """How a Denoiser works.

    Attributes:
        precision: number format of the shipped weights and activations; "int16x8" has activations
            of 16 bits and weights of 8, is made for NPUs, and is slow on a CPU.
        delegate: processor to run on; "auto" takes the fastest that is available.
        threads: CPU threads for inference, or None for all cores this process may use.
        max_memory_mb: peak resident memory of the process in megabytes (10**6 bytes) beyond the
            photograph's own input and output arrays, or None for 512.
        policy: where a named delegate cannot run the model, "strict" raises DelegateError, and
            "allow" runs on the CPU and says so in the report.
        delegate_library: path of the library for the delegates "external" and "nnapi".

    Raises:
        OptionsError: any value outside its range.
    """

    precision: Precision = "fp32"
    delegate: Delegate = "auto"
    threads: int | None = None
    max_memory_mb: int | None = None
    policy: Policy = "strict"
    delegate_library: str | None = None

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("precision", self.precision, get_args(Precision)),
            ("delegate", self.delegate, get_args(Delegate)),
            ("policy", self.policy, get_args(Policy)),
        ):
            if value not in allowed:
                raise OptionsError(f"{name} must be one of {', '.join(allowed)}; got {value!r}")
        for name, number in (("threads", self.threads), ("max_memory_mb", self.max_memory_mb)):
            if number is None:
                continue
            if isinstance(number, bool) or not isinstance(number, int) or number < 1:
                raise OptionsError(f"{name} must be a whole number of at least 1; got {number!r}")

    @property
    def memory_bytes(self) -> int:
        return (self.max_memory_mb or DEFAULT_MEMORY_MB) * 1_000_000


@dataclass(frozen=True, slots=True)
class Strength:
    """How much of the removed noise stays removed, blended after inference.

    Attributes:
        overall: 0 keeps the photo as it was, 1 is the network's own result.
        luma, chroma: the same for brightness and colour noise apart; None follows ``overall``.

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
            if value is None:
                continue
            if not isinstance(value, (int, float)) or not math.isfinite(value):
                raise OptionsError(f"{name} must be a number from 0 to 1; got {value!r}")
            if not 0 <= value <= 1:
                raise OptionsError(f"{name} must be from 0 to 1; got {value}")

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

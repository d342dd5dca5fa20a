"""The JSON file beside a model: the whole contract between training and running.

Training writes it, Python and Kotlin read it. Its keys are the attribute names of ``Sidecar``; a
sidecar with a missing, unknown or ill-typed key is refused rather than guessed at.
"""

import json
import math
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from reprlib import repr as brief
from typing import Literal, Self, get_args

from litedenoise_sdk.errors import SidecarMismatch
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.options import Precision

SCHEMA_VERSION = 2

_MOST_LETTERS = 1_000_000
_MOST = 2**53
"""Larger numbers are no longer exact in JSON."""

TensorDtype = Literal["float32", "int8", "int16"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """What a runtime must know of a model file before it opens it.

    Attributes:
        name: name of the model file without its suffix.
        network: name of the architecture.
        precision: number format of the weights and activations.
        sha256: checksum of the model file, 64 lower-case hexadecimal digits.
        stride_px: block sides and block origins are multiples of this.
        receptive_field_radius_px: how far an input pixel can reach in the output, from the graph.
        halo_px: pixels of context around what a block gives to the result: the receptive field's
            radius, rounded up to a multiple of ``stride_px``.
        block: height and width of the input in the file as it was exported.
        value_range: least and greatest value of input and output, [0, 1].
        input_dtype, output_dtype: number format at the two ends of the graph.
        input_scale, input_zero_point, output_scale, output_zero_point: value = scale * (number -
            zero point) at the ends of a quantized graph; None where the end is float32.
        activation_bytes_per_px: peak bytes of live activations for each pixel of the block.
        parameters: weights and biases.
        licence: SPDX identifier of the weights' licence.
        training: how the weights came about; free-form, never read by a runtime.

    Raises:
        SidecarMismatch: a value outside its range, or values that contradict each other.
    """

    schema_version: int = SCHEMA_VERSION
    name: str
    network: str
    precision: Precision
    sha256: str
    stride_px: int
    receptive_field_radius_px: int
    halo_px: int
    block: Size
    value_range: tuple[float, float] = (0.0, 1.0)
    input_dtype: TensorDtype
    output_dtype: TensorDtype
    input_scale: float | None = None
    input_zero_point: int | None = None
    output_scale: float | None = None
    output_zero_point: int | None = None
    activation_bytes_per_px: float
    parameters: int
    licence: str
    training: Mapping[str, object]

    def __post_init__(self) -> None:
        _check_version(self.schema_version)
        for key, value, allowed in (
            ("precision", self.precision, get_args(Precision)),
            ("input_dtype", self.input_dtype, get_args(TensorDtype)),
            ("output_dtype", self.output_dtype, get_args(TensorDtype)),
        ):
            if value not in allowed:
                raise SidecarMismatch(f"{key} must be one of {', '.join(allowed)}; got {value!r}")
        if not re.fullmatch("[0-9a-f]{64}", self.sha256):
            raise SidecarMismatch(f"sha256 must be 64 hexadecimal digits, got {self.sha256!r}")
        for key, number in (
            ("stride_px", self.stride_px),
            ("receptive_field_radius_px", self.receptive_field_radius_px),
            ("halo_px", self.halo_px),
            ("activation_bytes_per_px", self.activation_bytes_per_px),
            ("parameters", self.parameters),
        ):
            if not (math.isfinite(number) and number > 0):
                raise SidecarMismatch(f"{key} must be greater than 0, got {number!r}")
        if self.value_range != (0.0, 1.0):
            raise SidecarMismatch(f"value_range must be [0, 1], got {list(self.value_range)}")
        self._check_geometry()
        self._check_quantization("input", self.input_dtype, self.input_scale, self.input_zero_point)
        self._check_quantization(
            "output", self.output_dtype, self.output_scale, self.output_zero_point
        )

    def _check_geometry(self) -> None:
        for side in (self.block.height, self.block.width):
            if side < self.stride_px or side % self.stride_px:
                raise SidecarMismatch(
                    f"block sides must be multiples of stride_px {self.stride_px}, got {self.block}"
                )
        if self.halo_px % self.stride_px or self.halo_px < self.receptive_field_radius_px:
            raise SidecarMismatch(
                f"halo_px must be a multiple of stride_px {self.stride_px} and at least the "
                f"receptive field's radius {self.receptive_field_radius_px}, got {self.halo_px}"
            )

    @staticmethod
    def _check_quantization(
        end: str, dtype: TensorDtype, scale: float | None, zero_point: int | None
    ) -> None:
        if dtype == "float32":
            if scale is not None or zero_point is not None:
                raise SidecarMismatch(f"{end}_scale and {end}_zero_point must be null for float32")
        elif scale is None or zero_point is None or not (math.isfinite(scale) and scale > 0):
            raise SidecarMismatch(
                f"{end}_scale must be greater than 0 and {end}_zero_point a whole number for "
                f"{dtype}; got {scale!r} and {zero_point!r}"
            )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Reads the sidecar's text.

        Raises:
            SidecarMismatch: not JSON, keys missing, unknown or of the wrong type, or values that
                ``Sidecar`` refuses.
        """
        try:
            record = json.loads(text)
        except (ValueError, RecursionError) as error:  # also whole numbers of thousands of digits
            raise SidecarMismatch(f"expected JSON, got a text that breaks off: {error}") from error
        if not isinstance(record, dict):
            raise SidecarMismatch(f"expected a JSON object, got {type(record).__name__}")
        # First, as another version has other keys.
        _check_version(record.get("schema_version", SCHEMA_VERSION))
        known = {field.name for field in fields(cls)}
        if record.keys() != known:
            missing = ", ".join(sorted(known - record.keys())) or "none"
            unknown = ", ".join(sorted(record.keys() - known)[:9]) or "none"
            raise SidecarMismatch(f"keys missing: {missing}; keys not known: {unknown}")
        reader = _Reader(record)
        return cls(
            schema_version=reader.whole("schema_version"),
            name=reader.text("name"),
            network=reader.text("network"),
            precision=reader.text("precision"),  # type: ignore[arg-type]  # checked by __post_init__
            sha256=reader.text("sha256"),
            stride_px=reader.whole("stride_px"),
            receptive_field_radius_px=reader.whole("receptive_field_radius_px"),
            halo_px=reader.whole("halo_px"),
            block=reader.size("block"),
            value_range=reader.range("value_range"),
            input_dtype=reader.text("input_dtype"),  # type: ignore[arg-type]
            output_dtype=reader.text("output_dtype"),  # type: ignore[arg-type]
            input_scale=reader.optional_number("input_scale"),
            input_zero_point=reader.optional_whole("input_zero_point"),
            output_scale=reader.optional_number("output_scale"),
            output_zero_point=reader.optional_whole("output_zero_point"),
            activation_bytes_per_px=reader.number("activation_bytes_per_px"),
            parameters=reader.whole("parameters"),
            licence=reader.text("licence"),
            training=reader.mapping("training"),
        )

    def to_json(self) -> str:
        """The sidecar's text, ending in a newline; ``from_json`` reads it back as equal."""
        record = {field.name: getattr(self, field.name) for field in fields(self)}
        record["training"] = dict(self.training)
        record["block"] = [self.block.height, self.block.width]
        record["value_range"] = list(self.value_range)
        return json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Reads the sidecar at ``path``.

        Raises:
            SidecarMismatch: the file is missing or unreadable, or ``from_json`` refuses its text.
        """
        try:
            if not stat.S_ISREG(os.stat(path).st_mode):
                raise SidecarMismatch("expected a file, got a folder, pipe or device")
            with open(path, encoding="utf-8") as file:
                text = file.read(_MOST_LETTERS + 1)
            if len(text) > _MOST_LETTERS:
                raise SidecarMismatch(f"expected at most {_MOST_LETTERS} letters, got more")
            return cls.from_json(text)
        except OSError as error:
            raise SidecarMismatch(
                f"expected the model's sidecar at {os.fspath(path)}, but it cannot be read "
                f"({error.strerror}); keep the .json beside the .tflite"
            ) from error
        except UnicodeDecodeError as error:
            raise SidecarMismatch(f"{os.fspath(path)}: expected JSON in UTF-8: {error}") from error
        except SidecarMismatch as error:
            raise SidecarMismatch(f"{os.fspath(path)}: {error}") from error

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the sidecar to ``path``, replacing what is there."""
        Path(path).write_text(self.to_json(), encoding="utf-8")


def _check_version(found: object) -> None:
    if found != SCHEMA_VERSION:
        raise SidecarMismatch(
            f"schema_version must be {SCHEMA_VERSION}, got {brief(found)}; "
            "install the litedenoise_sdk version that the model was made for"
        )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Takes values of the right JSON type out of a record; booleans do not count as numbers."""

    record: Mapping[str, object]

    def text(self, key: str) -> str:
        value = self.record[key]
        if not isinstance(value, str) or not value.isprintable():
            raise SidecarMismatch(f"{key} must be a string that can be printed, got {brief(value)}")
        return value

    def whole(self, key: str) -> int:
        return self._whole(key, self.record[key])

    def number(self, key: str) -> float:
        return self._number(key, self.record[key])

    def optional_whole(self, key: str) -> int | None:
        return None if self.record[key] is None else self.whole(key)

    def optional_number(self, key: str) -> float | None:
        return None if self.record[key] is None else self.number(key)

    def mapping(self, key: str) -> dict[str, object]:
        value = self.record[key]
        if not isinstance(value, dict):
            raise SidecarMismatch(f"{key} must be an object, got {brief(value)}")
        return value

    def size(self, key: str) -> Size:
        height, width = self._pair(key)
        return Size(self._whole(key, height), self._whole(key, width))

    def range(self, key: str) -> tuple[float, float]:
        low, high = self._pair(key)
        return self._number(key, low), self._number(key, high)

    def _pair(self, key: str) -> tuple[object, object]:
        value = self.record[key]
        if not isinstance(value, list) or len(value) != 2:
            raise SidecarMismatch(f"{key} must be a list of two numbers, got {brief(value)}")
        return value[0], value[1]

    @staticmethod
    def _whole(key: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _MOST:
            raise SidecarMismatch(f"{key} must be a whole number, got {brief(value)}")
        return value

    @staticmethod
    def _number(key: str, value: object) -> float:
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or not abs(value) <= _MOST
        ):
            raise SidecarMismatch(f"{key} must be a number, got {brief(value)}")
        return float(value)

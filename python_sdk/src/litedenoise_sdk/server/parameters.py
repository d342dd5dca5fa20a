"""What a client may ask for, in the query or in the fields of a form."""

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from litedenoise_sdk.imageio import Format
from litedenoise_sdk.model.load import shipped_precisions
from litedenoise_sdk.options import Precision, Strength
from litedenoise_sdk.server.problems import Problem, invalid_parameters

FormatName = Literal["jpeg", "png", "webp", "tiff", "heic", "avif", "jxl"]
SHIPPED = shipped_precisions()
"""Number formats of the networks in this installation."""

Parameters = TypeVar("Parameters", bound=BaseModel)
_Share = Annotated[float, Field(ge=0, le=1)]


class BlendParameters(BaseModel):
    """How strongly the result shows, and in which format."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    strength: _Share = Field(1.0, description="0 keeps the photo, 1 is the network's own result")
    luma: _Share | None = Field(None, description="the same for brightness noise alone")
    chroma: _Share | None = Field(None, description="the same for colour noise alone")
    format: FormatName | None = Field(
        None, description="of the result; that of the photo if left out"
    )

    @property
    def chosen_strength(self) -> Strength:
        return Strength(self.strength, self.luma, self.chroma)

    @property
    def chosen_format(self) -> Format | None:
        return _FORMATS[self.format] if self.format else None


class ModelParameters(BaseModel):
    """What the photo runs through."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    precision: Precision = Field(
        "fp32",
        description="number format of the network",
        json_schema_extra={"enum": list(SHIPPED)},
    )

    @field_validator("precision")
    @classmethod
    def _is_shipped(cls, precision: Precision) -> Precision:
        if precision not in SHIPPED:
            raise ValueError(f"expected one that is shipped: {', '.join(SHIPPED)}")
        return precision


class DenoiseParameters(BlendParameters, ModelParameters):
    """Everything that one request may choose."""


_FORMATS: dict[FormatName, Format] = {
    "jpeg": "JPEG",
    "png": "PNG",
    "webp": "WEBP",
    "tiff": "TIFF",
    "heic": "HEIC",
    "avif": "AVIF",
    "jxl": "JPEG XL",
}


def merged(queried: Parameters, fields: Iterable[tuple[str, str]]) -> Parameters:
    """The parameters of the query together with those that came as form fields.

    Raises:
        Problem: a field that is unknown, invalid, or given twice.
    """
    given = list(fields)
    counts = Counter([*(name for name, _ in given), *queried.model_fields_set])
    for name, count in counts.items():
        if count > 1:
            raise Problem(422, "invalid-parameter", f"{name}: given {count} times; give it once")
    values = {**queried.model_dump(exclude_unset=True), **dict(given)}
    try:
        return type(queried).model_validate(values)
    except ValidationError as error:
        raise invalid_parameters(error.errors()) from error

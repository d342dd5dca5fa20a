"""How long phones might take: a lower bound, not a measurement."""

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.model.retile import retile
from litedenoise_sdk.options import Precision
from litedenoise_sdk.tools.lint import lint
from litedenoise_sdk.tools.lint.socs import SOCS

_BLOCK = Size(1088, 1920)
_PRECISION: Precision = "int8"
_NAMED = ("MT6993", "SM8750")
"""The chips of the paper."""


def estimates_ms() -> dict[str, float]:
    """By chip and model, from the roofline of ``litedenoise lint``."""
    chips = tuple(soc for soc in SOCS if soc.name in _NAMED)
    return {
        f"{one.sold_as} NPU, {_PRECISION}, at least": round(one.estimated_ms, 2)
        for one in lint(retile(load_released(_PRECISION).content, _BLOCK), chips).estimates
    }

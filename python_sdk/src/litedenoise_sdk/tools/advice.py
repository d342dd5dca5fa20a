"""What would make this machine faster, in one line."""

from collections.abc import Sequence

from litedenoise_sdk.options import Precision
from litedenoise_sdk.runtime.auto.trial import Trial

_INSTALL = "pip install 'litedenoise-sdk[openvino]'"


def advice(
    precision: Precision, trials: Sequence[Trial], *, lacks_openvino: bool, has_dot_products: bool
) -> str:
    """
    Args:
        precision: what was tried.
        trials: of every processor.
        lacks_openvino: whether LiteRT could use OpenVINO, if it were installed.
        has_dot_products: whether the CPU sums products of 8-bit values by one instruction.
    """
    if lacks_openvino:
        return f"{_INSTALL}: auto takes OpenVINO where it is faster and computes the same"
    faster = [trial for trial in trials if trial.is_faster]
    if has_dot_products and precision != "int8":
        return "--precision int8: this CPU multiplies 8-bit values several times as fast as floats"
    if faster:
        best = max(faster, key=lambda trial: trial.times_as_fast)
        return f"nothing to install or choose: auto takes {best.delegate}"
    if precision == "int8" and not has_dot_products:
        return "--precision fp32: int8 saves memory on this CPU, but no time"
    return "nothing to install or choose: cpu is the fastest that computes the same"

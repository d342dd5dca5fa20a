"""What the vendors' compilers accept of the network for the paper's chips; no phone is needed."""

from collections.abc import Iterator

from benchmarks.common.published import BLOCK, PUBLISHED
from benchmarks.record import Compiled
from litedenoise_sdk.errors import LiteDenoiseError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.options import Precision

_PRECISION: Precision = "int8"


def compiled(block: Size | None = None) -> Iterator[Compiled]:
    """One record for each published chip, with the reason if its compiler is missing.

    Args:
        block: height and width to compile for; None for the published one.
    """
    from litedenoise_sdk.tools.npu.compile import compile_model
    from litedenoise_sdk.tools.npu.targets import find_chip

    block = block or Size.parse(BLOCK)
    content = load_released(_PRECISION).content
    for one in PUBLISHED:
        try:
            result = compile_model(content, find_chip(one.soc), block)
        except LiteDenoiseError as error:
            yield Compiled(one.soc, _PRECISION, str(block), reason=str(error))
            continue
        yield Compiled(
            soc=one.soc,
            precision=_PRECISION,
            block=str(block),
            whole=result.is_whole,
            offloaded_operators=result.offloaded_operators,
            total_operators=result.total_operators,
            partitions=result.partitions,
            compiler=result.libraries,
        )

"""Compiles a model for a chip's neural processor ahead of time, with the vendor's own compiler.

If the compiler takes every operator, the network fits the processor. Only a phone can tell how fast
it runs there.
"""

import re
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from litedenoise_sdk.errors import DelegateError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.flatbuffer import read_graph
from litedenoise_sdk.model.retile import retile
from litedenoise_sdk.runtime.accelerators.reasons import reason
from litedenoise_sdk.tools.npu.qnn import qnn_libraries
from litedenoise_sdk.tools.npu.targets import SDKS, Chip, target
from litedenoise_sdk.tools.npu.unsigned_activations import unsigned_activations

_LOG_NAMED = re.compile(r"See (\S+\.error) for details")


@dataclass(frozen=True, slots=True)
class Compilation:
    """A compiled model and what the compiler took.

    Attributes:
        chip: what it was compiled for.
        block: height and width of its blocks.
        total_operators: operators that the compiler counted.
        offloaded_operators: those that run on the neural processor.
        partitions: connected parts they were put into; between parts the processor waits.
        libraries: where the compiler came from.
        seconds: how long it took.
        is_unsigned: whether an int16 file has become a uint16 one: the compiled file takes and
            gives the numbers of the original plus 32768.
        content: bytes of the compiled .tflite file.
    """

    chip: Chip
    block: Size
    total_operators: int
    offloaded_operators: int
    partitions: int
    libraries: str
    seconds: float
    is_unsigned: bool
    content: bytes = field(repr=False)

    @property
    def is_whole(self) -> bool:
        """Whether every operator runs on the neural processor, in one part."""
        return self.offloaded_operators == self.total_operators and self.partitions == 1


def compile_model(content: bytes, chip: Chip, block: Size | None = None) -> Compilation:
    """Compiles the bytes of a .tflite file of this network.

    Args:
        content: the file.
        chip: from ``find_chip``.
        block: height and width to retile to first; None for those of the file.

    Raises:
        CorruptModel: ``content`` is not a network of this family.
        OptionsError: a side of ``block`` is not a multiple of the stride.
        DelegateError: the compiler is not here, or refuses the model; says why.
    """
    block = block or read_graph(content).block
    retiled = retile(content, block)
    # Only Qualcomm's compiler is known to want this; the others could not be tried.
    source_content = unsigned_activations(retiled) if chip.vendor == "qualcomm" else retiled
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="litedenoise-compile-") as folder:
        source, result = Path(folder, "model.tflite"), Path(folder, "compiled.tflite")
        source.write_bytes(source_content)
        libraries, stats = _compiler(chip)(source, result, chip)
        compiled = result.read_bytes()
    parts = stats.subgraph_stats if stats else []
    if not parts:
        raise DelegateError(f"the compiler for {chip.name} took no operator of the model")
    return Compilation(
        chip=chip,
        block=block,
        total_operators=sum(part.num_total_ops for part in parts),
        offloaded_operators=sum(part.num_ops_offloaded for part in parts),
        partitions=sum(part.num_partitions_offloaded for part in parts),
        libraries=libraries,
        seconds=time.perf_counter() - started,
        is_unsigned=source_content is not retiled,
        content=compiled,
    )


def _compiler(chip: Chip) -> Callable[[Path, Path, Chip], tuple[str, Any]]:
    return _compile_qualcomm if chip.vendor == "qualcomm" else _compile_other


def _compile_qualcomm(source: Path, result: Path, chip: Chip) -> tuple[str, Any]:
    import ai_edge_litert

    plugin = Path(ai_edge_litert.__path__[0], "vendors", "qualcomm", "compiler")
    with qnn_libraries() as libraries:
        stats = _applied(
            chip,
            source,
            result,
            lambda apply, before, after: apply(
                before,
                after,
                "Qualcomm",
                chip.name,
                sdk_libs_path=str(libraries.folder),
                libs=str(plugin),
            ),
        )
    return libraries.source, stats


def _compile_other(source: Path, result: Path, chip: Chip) -> tuple[str, Any]:
    """The vendors whose SDK LiteRT finds by itself."""
    from ai_edge_litert.aot import prepare_for_npu
    from ai_edge_litert.aot.core import aot_types

    configuration = aot_types.CompilationConfig(target=target(chip)).to_dict()
    backend = prepare_for_npu.resolve_backend(configuration).create(configuration)
    stats = _applied(
        chip,
        source,
        result,
        lambda apply, before, after: backend.call_component(before, after, apply),
    )
    return f"SDK for {chip.vendor}", stats


def _applied(
    chip: Chip, source: Path, result: Path, call: Callable[[Any, Any, Any], object]
) -> Any:
    """Runs LiteRT's compiler process, and says why where it fails."""
    from ai_edge_litert.aot.core import aot_types, apply_plugin

    before = aot_types.Model.create_from_path(source)
    after = aot_types.Model.create_from_path(result)
    try:
        call(apply_plugin.ApplyPlugin(experimental_capture_stderr=True), before, after)
    except (OSError, ValueError) as error:
        cause = _cause(str(error))
        remedy = f"; {SDKS[chip.vendor]}" if "a library is missing" in cause else ""
        raise DelegateError(
            f"the compiler for {chip.name} ({chip.vendor}) failed: {cause}{remedy}"
        ) from error
    return after.partition_stats


def _cause(message: str) -> str:
    """LiteRT leaves the compiler's log in a file that it names, and forgets it there."""
    named = _LOG_NAMED.search(message)
    if named is None:
        return message
    log = Path(named[1])
    with suppress(OSError):
        lines = log.read_text(errors="replace").splitlines()
        log.unlink()
        return reason(lines) or message
    return message

"""Everything that is known of a model file without running it."""

from collections import Counter
from dataclasses import dataclass

from litedenoise_sdk.model.guard import guarded_model
from litedenoise_sdk.tools.lint.file import read_file
from litedenoise_sdk.tools.lint.layers import Layer, activation_peak_bytes, layers, parameters
from litedenoise_sdk.tools.lint.rules import Finding, findings
from litedenoise_sdk.tools.lint.socs import SOCS, Soc, estimate_ms


@dataclass(frozen=True, slots=True)
class Estimate:
    """Latency on one chip by its roofline: a bound to compare models by, not a measurement."""

    soc: str
    sold_as: str
    estimated_ms: float


@dataclass(frozen=True, slots=True)
class LintReport:
    """What a model file is made of and what is wrong with it.

    Attributes:
        fit: whether nothing keeps any operator off a neural processor.
        findings: what is wrong, errors first.
        input: shape of the first input.
        operators: how many there are of each name.
        parameters: weights and biases.
        macs: multiplications with accumulation for one block.
        activation_peak_bytes: most bytes of activations alive at one time.
        intensity: multiplications for each byte that the layers read and write.
        estimates: latency of one block, by roofline; no phone was asked.
        layers: every operator with its cost, in the order in which they run.
    """

    fit: bool
    findings: tuple[Finding, ...]
    input: tuple[int, ...]
    operators: dict[str, int]
    parameters: int
    macs: int
    activation_peak_bytes: int
    intensity: float
    estimates: tuple[Estimate, ...]
    layers: tuple[Layer, ...]


def lint(content: bytes, socs: tuple[Soc, ...] = SOCS) -> LintReport:
    """Judges the bytes of a .tflite file, of any network.

    Args:
        content: the file.
        socs: chips to estimate for; on-chip memory is judged by the smallest.

    Raises:
        CorruptModel: not a TensorFlow Lite file, or a damaged one.
    """
    with guarded_model():
        return _report(content, socs)


def _report(content: bytes, socs: tuple[Soc, ...]) -> LintReport:
    graph = read_file(content)
    costs = layers(graph)
    found = findings(graph, costs, min(soc.on_chip_bytes for soc in socs))
    macs = sum(layer.macs for layer in costs)
    moved = sum(layer.moved_bytes for layer in costs)
    return LintReport(
        fit=not any(finding.severity == "error" for finding in found),
        findings=found,
        input=graph.tensors[graph.inputs[0]].shape,
        operators=dict(sorted(Counter(operator.name for operator in graph.operators).items())),
        parameters=parameters(graph),
        macs=macs,
        activation_peak_bytes=activation_peak_bytes(graph),
        intensity=macs / moved if moved else 0.0,
        estimates=tuple(Estimate(s.name, s.sold_as, estimate_ms(costs, s)) for s in socs),
        layers=costs,
    )

"""Cases of one run as ratios: against ours, against other engines, against the GPU, and against
themselves once more."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.common.ratio import Ratio, ratio_of_medians
from benchmarks.host.case import AGAIN
from benchmarks.record import CaseResult
from benchmarks.report.names import engine, megapixels, model_and_size

REPEATABLE_WITHIN = 0.05

WITHIN_BEST_ENGINE = 0.10
"""How much longer the SDK may take than the fastest bare engine."""

_OURS = ("host/auto", "host/npu", "host/cpu")
_BARE = ("host/litert", "host/openvino", "host/onnxruntime")


@dataclass(frozen=True, slots=True)
class Relation:
    """How one case's time relates to another's."""

    case: str
    reference: str
    ratio: Ratio


def against_ours(case: CaseResult, cases: Sequence[CaseResult]) -> Relation | None:
    """Time for a megapixel, over that of the SDK.

    The reference has the case's own precision, or fp32, the SDK's default, where the case has none.
    None if either was not measured, or was on another device.
    """
    precision = case.model.precision if case.model else "fp32"
    reference = next(
        (
            one
            for one in cases
            if one.name.startswith(f"host/cpu/{precision}/photo-")
            and one.device.name == case.device.name
        ),
        None,
    )
    if reference is None or not megapixels(case.name):
        return None
    ours, theirs = _us_per_megapixel(case), _us_per_megapixel(reference)
    if not ours or not theirs:
        return None
    return Relation(case.name, reference.name, ratio_of_medians(ours, theirs))


def against_bare_engines(cases: Sequence[CaseResult]) -> list[Relation]:
    """Each of ours on a photo of one block, over the fastest bare engine on model and block.

    An engine that computes another picture is not compared with ours.
    """
    measured = [case for case in cases if case.samples_us and case.summary]
    found = []
    for ours in measured:
        rivals = [
            case
            for case in measured
            if engine(case.name) in _BARE
            and model_and_size(case.name) == model_and_size(ours.name)
            and case.device.name == ours.device.name
            and not wrong_picture(case)
        ]
        if engine(ours.name) in _OURS and rivals:
            best = min(rivals, key=lambda case: median(case.samples_us))
            ratio = ratio_of_medians(ours.samples_us, best.samples_us)
            found.append(Relation(ours.name, best.name, ratio))
    return found


def wrong_picture(case: CaseResult) -> bool:
    """Whether an engine computes another picture from the same weights."""
    return case.sameness is not None and not case.sameness.same


def inversions(cases: Sequence[CaseResult]) -> list[Relation]:
    """For each model that ran on one phone's NPU and GPU, how many times longer the GPU took."""
    measured = {(case.device.fingerprint, case.name): case for case in cases if case.samples_us}
    found = []
    for (device, name), npu in measured.items():
        other = measured.get((device, f"android/gpu/{model_and_size(name)}"))
        if engine(name) == "android/npu" and other is not None and _where_asked(npu, other):
            ratio = ratio_of_medians(other.samples_us, npu.samples_us)
            found.append(Relation(other.name, name, ratio))
    return found


def repetitions(cases: Sequence[CaseResult]) -> list[Relation]:
    """Each case that was measured twice in one run, second over first."""
    measured = {case.name: case for case in cases if case.samples_us}
    return [
        Relation(name, first.name, ratio_of_medians(case.samples_us, first.samples_us))
        for name, case in measured.items()
        if name.endswith(AGAIN) and (first := measured.get(name.removesuffix(AGAIN)))
    ]


def unrepeatable(cases: Sequence[CaseResult]) -> list[Relation]:
    """The repetitions that differ by more than 5 %."""
    return [one for one in repetitions(cases) if abs(one.ratio.value - 1) > REPEATABLE_WITHIN]


def _where_asked(*cases: CaseResult) -> bool:
    return all(
        case.accelerator is not None and case.accelerator.actual == case.accelerator.requested
        for case in cases
    )


def _us_per_megapixel(case: CaseResult) -> list[float]:
    size = megapixels(case.name)
    return [sample_us / size for sample_us in case.samples_us] if size else []

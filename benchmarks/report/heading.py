"""The heading above a run's tables: where, when, with what, and what to watch out for."""

from benchmarks.record import BenchmarkRun, CaseResult
from benchmarks.report.ratios import wrong_picture

_BUSY_LOAD = 0.5
"""Waiting processes for each core before anything was measured."""

DRIFT = 0.05
"""Above it, the end of a run says something else than its beginning."""


def about(run: BenchmarkRun) -> list[str]:
    """Date, devices, models and notes, one line each."""
    devices = dict.fromkeys(_device_line(case) for case in run.cases)
    models = dict.fromkeys(
        f"{case.model.file}, sha256 {case.model.sha256[:12]}" for case in run.cases if case.model
    )
    modes = ", ".join(dict.fromkeys(case.mode for case in run.cases))
    return [f"{run.started}, mode {modes}", *devices, *models, *run.notes]


def warnings(run: BenchmarkRun) -> list[str]:
    """Reasons to doubt the figures."""
    found = []
    loads = [case.before.load for case in run.cases if case.before.load is not None]
    if loads and max(loads) > _BUSY_LOAD:
        found.append(
            f"The machine was busy with something else: load {max(loads):.1f} for each core before "
            "a part of the run began. Times are upper bounds; ratios within the run count."
        )
    if wrong := [case.name for case in run.cases if wrong_picture(case)]:
        found.append(
            "NOT THE PICTURE that others make of the same weights, so their speed does not count: "
            f"{', '.join(wrong)}."
        )
    drifting = [
        case.name
        for case in run.cases
        if (summary := case.summary) and summary.drift is not None and abs(summary.drift) > DRIFT
    ]
    if drifting:
        found.append(f"Drift of more than {100 * DRIFT:g} % in {len(drifting)} cases.")
    if run.estimates_ms:
        figures = "; ".join(f"{name} {ms:.1f} ms" for name, ms in run.estimates_ms.items())
        found.append(f"ESTIMATED by roofline, not measured on any phone: {figures}.")
    return found


def _device_line(case: CaseResult) -> str:
    device = case.device
    chip = [device.soc] if device.soc != device.name else []
    cores = [f"{device.cores} cores"] if device.cores else []
    versions = [f"{name} {version}" for name, version in device.versions.items()]
    return ", ".join([device.name, *chip, *cores, device.system, *versions])

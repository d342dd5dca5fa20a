"""The tables of ``benchmarks.quality``."""

from collections.abc import Callable, Mapping, Sequence

from benchmarks.common.table import Cell, markdown
from benchmarks.quality.evaluation import Evaluation
from benchmarks.quality.scores import PSNRS, SSIMS

Sets = Mapping[str, Sequence[Evaluation]]
"""Evaluations of each set, by its name."""


def parts(evaluations: Sequence[Evaluation]) -> str:
    """Mean PSNR of one set's pictures and of their parts, one method a row."""
    rows: list[list[Cell]] = []
    for one in evaluations:
        means = one.mean
        psnrs = [means[name] for name in PSNRS]
        rows.append([one.method, _ssim(means["ssim"]), *psnrs, one.lowest_psnr, _setting(one)])
    return markdown(["method", "ssim", *PSNRS, "lowest psnr", "setting"], rows)


def ssim_of_parts(evaluations: Sequence[Evaluation]) -> str:
    """Mean SSIM of the same, one method a row."""
    rows: list[list[Cell]] = [
        [one.method, *(_ssim(one.mean[name]) for name in SSIMS)] for one in evaluations
    ]
    return markdown(["method", *(name.removeprefix("ssim_") for name in SSIMS)], rows)


def per_picture(evaluations: Sequence[Evaluation]) -> str:
    """PSNR and SSIM of every picture, one picture a row."""
    names = list(evaluations[0].pictures) if evaluations else []
    rows: list[list[Cell]] = [
        [name, *(_scores_of(one.pictures[name]) for one in evaluations)] for name in names
    ]
    return markdown(["picture", *(evaluation.method for evaluation in evaluations)], rows)


def by_set(sets: Sets) -> str:
    """Mean PSNR and SSIM, then the worst pictures; one method a row, one set a column."""
    return "\n\n".join(
        (
            _across(sets, "PSNR, dB / SSIM", _mean),
            _across(sets, "lowest PSNR of a picture, dB", lambda one: one.lowest_psnr),
            _across(sets, "largest colour shift of a picture, levels", _largest_shift),
        )
    )


def _across(sets: Sets, title: str, cell: Callable[[Evaluation], Cell]) -> str:
    methods = dict.fromkeys(one.method for evaluations in sets.values() for one in evaluations)
    found = {
        (name, one.method): cell(one) for name, evaluations in sets.items() for one in evaluations
    }
    rows: list[list[Cell]] = [
        [method, *(found.get((name, method)) for name in sets)] for method in methods
    ]
    return markdown([title, *sets], rows)


def _mean(evaluation: Evaluation) -> Cell:
    return _scores_of(evaluation.mean, digits=4)


def _largest_shift(evaluation: Evaluation) -> Cell:
    shifts = (scores.get("shift") for scores in evaluation.pictures.values())
    return max((shift for shift in shifts if shift is not None), default=None)


def _scores_of(scores: Mapping[str, float | None], digits: int = 3) -> str:
    psnr, ssim = scores["psnr"], scores["ssim"]
    return f"{'equal' if psnr is None else f'{psnr:.2f}'} / {ssim:.{digits}f}"


def _ssim(value: float | None) -> Cell:
    return None if value is None else f"{value:.4f}"


def _setting(evaluation: Evaluation) -> str:
    setting = ", ".join(f"{name}={value}" for name, value in evaluation.setting.items())
    if not evaluation.trials:
        return setting
    return f"{setting} (best of {len(evaluation.trials)} on {evaluation.tried_on})"

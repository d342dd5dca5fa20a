"""One method over a set of pairs, at its best setting."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from benchmarks.common.pairs import Pair
from benchmarks.common.spread import mean
from benchmarks.quality.methods import Method, Setting
from benchmarks.quality.scores import SCORES, Scores, score
from litedenoise_sdk.quality import psnr

Log = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class TriedSetting:
    """The mean PSNR, in dB, of one setting over the pairs that it was tried on."""

    setting: Setting
    psnr: float | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One method's results on one set.

    Attributes:
        method: its name.
        setting: the best of ``trials``, or the only one.
        trials: all settings tried; empty if there was nothing to choose.
        tried_on: how many pairs the choice was made on.
        pictures: the scores of every picture.
    """

    method: str
    setting: Setting
    trials: tuple[TriedSetting, ...]
    tried_on: int
    pictures: Mapping[str, Scores]

    @property
    def mean(self) -> Scores:
        """Each score's mean over the pictures that have it."""
        # Results saved before a score was added lack it.
        pictures = self.pictures.values()
        return {name: mean(scores.get(name) for scores in pictures) for name in SCORES}

    @property
    def lowest_psnr(self) -> float | None:
        """The lowest PSNR of a picture, in dB; None if all are equal to their references."""
        there = [scores["psnr"] for scores in self.pictures.values()]
        return min((value for value in there if value is not None), default=None)

    def as_record(self) -> dict[str, Any]:
        return {**asdict(self), "mean": self.mean}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        return cls(
            method=record["method"],
            setting=record["setting"],
            trials=tuple(TriedSetting(**trial) for trial in record["trials"]),
            tried_on=record["tried_on"],
            pictures=record["pictures"],
        )


def evaluate(method: Method, pairs: Sequence[Pair], log: Log) -> Evaluation:
    """Chooses the method's best setting on ``pairs`` and scores it on all of them."""
    tuning = pairs[:: method.tune_every]
    trials: list[TriedSetting] = []
    if len(method.grid) > 1:
        for setting in method.grid:
            log(f"{method.name}: {setting} on {len(tuning)} pictures")
            trials.append(
                TriedSetting(setting, mean(_psnr(method, setting, pair) for pair in tuning))
            )
        best = max(trials, key=lambda trial: trial.psnr or 0).setting
    else:
        best = method.grid[0]
    pictures: dict[str, Scores] = {}
    for pair in pairs:
        noisy, clean = pair.load()
        pictures[pair.name] = score(clean, method.run(noisy, best))
        log(f"{method.name}: {pair.name} {pictures[pair.name]['psnr']:.2f} dB")
    return Evaluation(
        method=method.name,
        setting=best,
        trials=tuple(trials),
        tried_on=len(tuning) if trials else 0,
        pictures=pictures,
    )


def _psnr(method: Method, setting: Setting, pair: Pair) -> float:
    noisy, clean = pair.load()
    return psnr(clean, method.run(noisy, setting))

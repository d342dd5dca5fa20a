"""What a worker process times: one case, opened."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from benchmarks.common.pairs import RGB
from benchmarks.common.photo import synthetic_photo
from benchmarks.host.case import HostCase
from benchmarks.host.engines import ENGINES, denoise_whole, network_input
from benchmarks.quality.methods import METHODS, Method, Setting
from litedenoise_sdk import Denoiser
from litedenoise_sdk.machine import usable_cores
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.options import Precision


@dataclass(frozen=True, slots=True)
class Subject:
    """An opened case.

    Attributes:
        query: what is timed, at one setting of the method.
        method: the same on any picture, to be judged by its quality.
        about: what ran, once a query has run: block, accelerator, model.
    """

    query: Callable[[Setting], object]
    method: Method
    about: Callable[[], Mapping[str, Any]]


def open_subject(case: HostCase) -> Subject:
    """Opens the model of a case, where it has one.

    Raises:
        LiteDenoiseError, ImportError, RuntimeError: the engine or the model is not available.
    """
    photo = synthetic_photo(case.size.height, case.size.width)
    if case.kind == "classical":
        return _classical(case, photo)
    if case.kind in ENGINES:
        return _engine(case, photo)
    return _sdk(case, photo)


def _sdk(case: HostCase, photo: RGB) -> Subject:
    precision = cast(Precision, case.what)
    denoiser = Denoiser(precision=precision, delegate=case.delegate)

    def query(setting: Setting) -> None:
        # Another photo each time: the SDK caches its last result.
        photo[0, 0, 0] ^= 1
        denoiser.denoise(photo)

    def about() -> Mapping[str, Any]:
        report = denoiser.report
        assert report is not None
        return {
            "precision": precision,
            "block": str(report.block),
            "requested": report.requested,
            "actual": report.actual,
            "accelerated_operators": report.accelerated_operators,
            "total_operators": report.total_operators,
            "reason": report.reason,
        }

    def run(picture: RGB, setting: Setting) -> RGB:
        return cast(RGB, denoiser.denoise(picture))

    return Subject(query, Method(case.name, run), about)


def _engine(case: HostCase, photo: RGB) -> Subject:
    precision, threads = cast(Precision, case.what), usable_cores()
    model = load_released(precision)
    engine = ENGINES[case.kind](model, case.size, threads)
    engine.put(network_input(photo, model))
    about = {
        "precision": precision,
        "block": str(case.size),
        "requested": "cpu",
        "actual": "cpu",
        "accelerated_operators": None,
        "total_operators": len(model.graph.operators),
        "reason": f"{case.kind} on {threads} threads",
    }

    def run(picture: RGB, setting: Setting) -> RGB:
        return denoise_whole(case.kind, model, threads, picture)

    return Subject(lambda setting: engine.invoke(), Method(case.name, run), lambda: about)


def _classical(case: HostCase, photo: RGB) -> Subject:
    method = METHODS[case.what]
    return Subject(partial(method.run, photo), method, dict)

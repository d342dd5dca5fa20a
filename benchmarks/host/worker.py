"""One case in a process of its own: reads commands as lines of JSON, answers in the same way.

Started by ``benchmarks.host.sampler``. A process for each case isolates what libraries share within
one (thread pools, memory, crashes), and costs the other cases nothing while it waits.
"""

import json
import os
import sys
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from benchmarks.host.case import HostCase
from benchmarks.host.timing import time_queries
from litedenoise_sdk.geometry import Size


def main() -> None:
    fields = json.loads(sys.argv[1])
    case = HostCase(**{**fields, "size": Size(**fields["size"])})
    answers = _answers_alone()
    worker = _Worker(case)
    print(json.dumps(worker.opened), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(worker.answer(json.loads(line))), file=answers, flush=True)


def _answers_alone() -> TextIO:
    """Standard output for answers, while what libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


class _Worker:
    def __init__(self, case: HostCase) -> None:
        self._case = case
        started = time.perf_counter()
        from benchmarks.host.subjects import open_subject
        from benchmarks.memory.child import peak_bytes

        self._subject = open_subject(case)
        init_us = round((time.perf_counter() - started) * 1e6, 1)
        self._setting = self._subject.method.grid[0]
        (first_us,) = self._time(1)
        self.opened: Mapping[str, Any] = {
            "init_us": init_us,
            "first_us": first_us,
            "peak_memory_bytes": peak_bytes(),
            **self._subject.about(),
        }

    def answer(self, command: Mapping[str, Any]) -> Any:
        if command["do"] == "judge":
            return self._judge(Path(command["folder"]), command["pictures"])
        return self._time(command["queries"])

    def _time(self, queries: int) -> list[float]:
        return time_queries(partial(self._subject.query, self._setting), queries)

    def _judge(self, folder: Path, pictures: int) -> Mapping[str, Any]:
        from benchmarks.common.pairs import pairs_in
        from benchmarks.host.sameness import picture_record
        from benchmarks.quality.evaluation import evaluate

        evaluation = evaluate(self._subject.method, pairs_in(folder)[:pictures], lambda line: None)
        self._setting = evaluation.setting
        same: Mapping[str, Any] = {}
        if self._case.kind != "classical":  # those share no weights with any other
            noisy, _ = pairs_in(folder)[0].load()
            same = {"picture": picture_record(self._subject.method.run(noisy, evaluation.setting))}
        self._time(1)  # back to the photo's own block size, where the SDK changed it
        return {
            "psnr": evaluation.mean["psnr"],
            "ssim": evaluation.mean["ssim"],
            "setting": dict(evaluation.setting),
            **same,
        }


if __name__ == "__main__":
    main()

"""Two photos, the commands that denoise them, and what must hold whatever goes wrong."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from litedenoise_sdk.cli.main import main
from tests.faults.tracer import Fault, Run, run_with

COMMANDS = ("batch", "denoise")
_PHOTOS = ("a.png", "b.jpg")
_OLD = b"an older file of that name"


class Scene:
    """A folder with photos, and a command that denoises them, to be run with faults.

    Args:
        place: an empty folder.
        command: one of COMMANDS. "denoise" replaces an older file.
    """

    def __init__(self, place: Path, command: str) -> None:
        self._folder = place.resolve() / "album"
        self._printed = place / "printed"
        self._source, self._target = self._folder / "in", self._folder / "out"
        self._command = command
        self._lay_out()
        self._sound = _contents(self._source)
        main(self._arguments)  # in this process, so that nothing is left to be imported
        self._lay_out()
        self.calls = self._run(None).calls
        self._expected = _contents(self._target)
        assert self._expected.keys() == self._sound.keys(), self._printed.read_text()

    def problems_with(self, fault: Fault) -> list[str]:
        """What does not hold after a run with a fault, and another one without."""
        self._lay_out()
        first = self._run(fault)
        found = self._problems_after(first, fault)
        again = self._run(None)
        if again.status != 0:
            found.append(f"the next run ends with {again.status}: {self._printed.read_text()}")
        if _contents(self._target) != self._expected:
            found.append(f"the next run leaves {sorted(_contents(self._target))}")
        name = first.calls[fault.at] if fault.at < len(first.calls) else "(no call)"
        return [f"{self._command}, {fault.kind} at call {fault.at}, {name}: {one}" for one in found]

    def _problems_after(self, run: Run, fault: Fault) -> list[str]:
        found = []
        if _contents(self._source) != self._sound:
            found.append("a source was touched")
        for name, data in _contents(self._target).items():
            if name in self._expected and data not in (self._expected[name], _OLD):
                found.append(f"{name} is neither the old file nor the whole new one")
            elif name not in self._expected and (fault.kind != "kill" or name[0] != "."):
                found.append(f"{name} is left behind")
        printed = self._printed.read_text()
        if "Traceback" in printed:
            found.append(printed)
        elif run.status not in ((-9,) if fault.kind == "kill" else (0, 1, 2)) and (
            fault.at < len(run.calls)
        ):
            found.append(f"it ends with {run.status}: {printed}")
        return found

    def _lay_out(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._source.mkdir(parents=True)
        for number, name in enumerate(_PHOTOS):
            pixels = np.random.default_rng(number).integers(90, 170, (20, 24, 3), np.uint8)
            Image.fromarray(pixels).save(self._source / name)
        if self._command == "denoise":
            self._target.mkdir()
            (self._target / _PHOTOS[0]).write_bytes(_OLD)

    @property
    def _arguments(self) -> list[str]:
        given = ["--precision", "int8", "--threads", "1", "--quiet"]
        if self._command == "batch":
            return ["batch", str(self._source), str(self._target), *given]
        photos = [str(self._source / name) for name in _PHOTOS]
        return ["denoise", *photos, "-o", str(self._target), "--overwrite", *given]

    def _run(self, fault: Fault | None) -> Run:
        return run_with(lambda: main(self._arguments), self._folder, self._printed, fault)


def _contents(folder: Path) -> Mapping[str, bytes]:
    if not folder.exists():
        return {}
    return {name: (folder / name).read_bytes() for name in os.listdir(folder)}

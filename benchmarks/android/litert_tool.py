"""Google's ``benchmark_litert_model`` on the phone's NPU: a figure without our app.

It runs a model that ``litedenoise compile`` made for the phone's chip, in LiteRT 2.x's
CompiledModel, and refuses one that the NPU runs only in part (``--require_full_delegation``). Its
flags and the message that it writes: google-ai-edge/LiteRT, litert/tools/benchmark_litert_model.h
and tflite/tools/benchmark/proto/benchmark_result.proto, tag v2.2.0; what came since (to commit
15bfaa8b) are more flags.
"""

import base64
import binascii
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from benchmarks.android.case import PhoneCase
from benchmarks.android.errors import BrokenResult, UnfitPhone
from benchmarks.android.limits import PhoneLimits
from benchmarks.android.phone import Phone
from benchmarks.android.run import cooled
from benchmarks.android.targets import verdict_note
from benchmarks.record import CaseAccelerator, CaseModel, CaseResult, Device, Mode, ToolFigure

_FOLDER = "/data/local/tmp/ld_litert"
_BINARY, _MODEL, _RESULT = (f"{_FOLDER}/{name}" for name in ("tool", "model.tflite", "result.pb"))
_LONGEST_S = 1800
_SPARE_S = 60.0


@dataclass(frozen=True, slots=True)
class LiteRtTool:
    """The user's files: the tool for arm64, the vendor's libraries, and compiled models.

    Attributes:
        binary: ``benchmark_litert_model``.
        libraries: a folder with the dispatch library and the vendor's own.
        models: a folder with what ``litedenoise compile int8 --soc SM8750`` wrote.
    """

    binary: Path
    libraries: Path
    models: Path

    def model(self, case: PhoneCase, soc: str) -> Path:
        """The model that was compiled for this chip.

        Raises:
            UnfitPhone: there is none; says how to make it.
        """
        path = self.models / f"{case.precision}-{soc}-{case.block}.tflite"
        if not path.is_file():
            raise UnfitPhone(
                f"no {path.name} in {self.models}: litedenoise compile {case.precision} "
                f"--soc {soc} --block {case.block} -o {self.models}"
            )
        return path

    def measure(
        self, phone: Phone, case: PhoneCase, device: Device, mode: Mode, limits: PhoneLimits
    ) -> CaseResult:
        """One case, and nothing left behind on the phone.

        Raises:
            UnfitPhone: no model for its chip, too hot, no room, locked.
            BrokenResult: the tool measured nothing; with its own words.
        """
        model = self.model(case, device.soc)
        before, _ = cooled(phone)
        try:
            phone.persistently(partial(self._push, phone, model))
            figure = phone.persistently(partial(self._ran, phone, limits))
        finally:
            phone.persistently(partial(phone.run, "rm", "-rf", _FOLDER))
        after = phone.persistently(phone.condition).thermal
        accelerator = CaseAccelerator(
            "npu", "npu", reason="benchmark_litert_model refuses anything less"
        )
        return CaseResult(
            f"shell/{case.delegate}/{case.precision}/{case.block}",
            "ok" if figure.queries >= limits.queries else "partial",
            device,
            mode,
            model=CaseModel(model.name, "", case.precision, case.block),
            accelerator=accelerator,
            init_us=figure.init_us,
            first_us=figure.first_us,
            before=before.thermal,
            after=after,
            benchmark_model=figure,
            notes=(before.note, *_notes(device.soc, case.block, figure)),
        )

    def _push(self, phone: Phone, model: Path) -> None:
        files = [*sorted(self.libraries.glob("*.so")), model, self.binary]
        targets = {model: _MODEL, self.binary: _BINARY}
        for path in files:
            mode = 0o755 if path == self.binary else 0o644
            with path.open("rb") as file:
                phone.push(file, targets.get(path, f"{_FOLDER}/{path.name}"), path.name, mode=mode)

    def _ran(self, phone: Phone, limits: PhoneLimits) -> ToolFigure:
        flags = (
            "--use_npu=true",
            "--use_cpu=false",
            "--require_full_delegation=true",
            f"--dispatch_library_path={_FOLDER}",
            f"--num_runs={limits.queries}",
            f"--min_secs={limits.seconds:g}",
            f"--max_secs={limits.most_seconds:g}",
        )
        # The DSP has loaders of its own, which look where this says.
        paths = (f"LD_LIBRARY_PATH={_FOLDER}", f"ADSP_LIBRARY_PATH={_FOLDER}")
        limit = ("timeout", "-s", "KILL", str(_LONGEST_S), "env", *paths)
        said = phone.run(
            *(*limit, _BINARY, f"--graph={_MODEL}", f"--result_file_path={_RESULT}", *flags),
            within_s=_LONGEST_S + _SPARE_S,
        )
        written = phone.run("base64", _RESULT)
        if "No such file" in written:
            last = (said.strip().splitlines() or ["nothing"])[-1]
            raise BrokenResult(f"benchmark_litert_model measured nothing; it said: {last.strip()}")
        return replace(read_result(written), flags=flags)


def read_result(text: str) -> ToolFigure:
    """The message ``BenchmarkResult``, in base64.

    Raises:
        BrokenResult: it is cut short, or lacks a latency.
    """
    try:
        parts = dict(_fields(base64.b64decode(text)))
        latency, other = dict(_fields(_bytes(parts[2]))), dict(_fields(_bytes(parts[4])))
        average, least, most, middle = (1e3 * float(latency[number]) for number in (1, 2, 3, 5))
        p95, init, first = (1e3 * float(latency[number]) for number in (7, 8, 9))
        queries = int(other[2])
    except (KeyError, IndexError, TypeError, ValueError, struct.error, binascii.Error) as error:
        raise BrokenResult(f"benchmark_litert_model's result cannot be read: {error!r}") from error
    return ToolFigure((), queries, init, first, average, middle, least, most, "all", p95)


def _notes(soc: str, block: str, figure: ToolFigure) -> tuple[str, ...]:
    note = verdict_note(soc, block, figure.p95_us, figure.median_us)
    return () if note is None else (note,)


def _bytes(value: float | bytes) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError("expected a message")
    return value


def _fields(message: bytes) -> Iterator[tuple[int, float | bytes]]:
    """Number and value of each field, in protocol buffers' wire format; the kinds that occur."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        match key & 7:
            case 0:
                value, at = _varint(message, at)
                yield key >> 3, value
            case 2:
                length, at = _varint(message, at)
                if at + length > len(message):
                    raise ValueError("it is cut short")
                yield key >> 3, message[at : at + length]
                at += length
            case 5:
                yield key >> 3, struct.unpack_from("<f", message, at)[0]
                at += 4
            case kind:
                raise ValueError(f"unknown kind {kind}")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at

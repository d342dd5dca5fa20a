"""``python -m benchmarks.android``: latency on phones, through adb.

python -m benchmarks.android --list                        # phones and cases
python -m benchmarks.android --apk app-debug.apk           # every case on the only phone
python -m benchmarks.android --cases 'android/npu/int8/1088x1920' 'android/gpu/int8/1088x1920' \\
    --mode normal --serial PHONE1 --serial PHONE2 --output run.json
python -m benchmarks.android --cases 'android/[cg]pu/*' --benchmark-model FILE   # Google's too
python -m benchmarks.android --shell FILE --npu-libraries FOLDER --npu-models FOLDER   # no app
python -m benchmarks report run.json --html run.html       # tables and plots of it
"""

import argparse
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from adbutils import AdbClient

from benchmarks.android.case import CATALOGUE, PhoneCase, choose
from benchmarks.android.connect import choose_phones, connected
from benchmarks.android.errors import AmbiguousPhone, NoPhone, PhoneError
from benchmarks.android.google_tool import GoogleTool
from benchmarks.android.limits import PHONE_MODES
from benchmarks.android.litert_tool import LiteRtTool
from benchmarks.android.phone import PACKAGE, Phone
from benchmarks.android.run import measure_phone
from benchmarks.host.rounds import log_to_stderr
from benchmarks.record import BenchmarkRun, CaseResult, save_run
from benchmarks.report.text import report_text

OK, MISSED, USAGE, NO_PHONE, UNFIT = range(5)

_DEFAULT_OUTPUT = Path("build/benchmarks/android.json")


def main(argv: Sequence[str] | None = None) -> int:
    """Measures, saves after each case, and prints the report.

    Returns:
        0 when every case was measured and no target was missed; 1 when one was not or was
        missed; 2 for wrong usage; 3 without adb or phone; 4 for a phone that cannot be measured,
        or not now: too hot, its battery low, its screen off, its cable pulled for good.
    """
    arguments = _parser().parse_args(argv)
    try:
        cases = choose(arguments.cases)
        for file in (arguments.apk, arguments.benchmark_model, arguments.shell):
            if file is not None and not file.is_file():
                raise ValueError(f"no file {file}")
        cases = _shell_cases(arguments, cases)
        client, states = connected()
        if arguments.list:
            print("\n".join(f"{serial}  {state}" for serial, state in states.items()))
            print("\n".join(case.name for case in CATALOGUE))
            return OK
        serials = choose_phones(states, arguments.serial)
    except (ValueError, AmbiguousPhone) as error:
        return _said(error, USAGE)
    except PhoneError as error:
        return _said(error, NO_PHONE if isinstance(error, NoPhone) else UNFIT)
    session = _Session(client, arguments)
    with ThreadPoolExecutor(len(serials)) as phones:
        unfit = [reason for reason in phones.map(session.measure, serials) if reason is not None]
    print(report_text(session.run))
    for reason in unfit:
        log_to_stderr(f"benchmarks.android: {reason}")
    if unfit:
        return UNFIT
    complete = len(session.run.cases) == len(cases) * len(serials)
    return OK if complete and all(_well(case) for case in session.run.cases) else MISSED


class _Session:
    """One run on several phones at once."""

    def __init__(self, client: AdbClient, arguments: argparse.Namespace) -> None:
        self.run = BenchmarkRun(
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            cases=(),
            notes=(
                "timed by the app itself, around each inference: adb is not part of any figure",
            ),
        )
        self._client = client
        self._arguments = arguments
        self._lock = threading.Lock()

    def measure(self, serial: str) -> str | None:
        """All cases on one phone, or the reason why it cannot be measured."""
        asked = self._arguments
        phone = Phone(self._client, serial)
        if asked.shell is not None:
            return self._measure_in_shell(phone)
        try:
            phone.persistently(phone.device)  # before a needless installation
            ours = asked.apk is not None and not phone.persistently(phone.has_app)
            if asked.apk is not None:
                phone.persistently(partial(phone.install, asked.apk))
            try:
                self._measure_cases(phone)
            finally:
                if ours and not asked.keep:
                    phone.uninstall()
        except PhoneError as error:
            return f"{serial}: {error}"
        return None

    def _measure_in_shell(self, phone: Phone) -> str | None:
        asked = self._arguments
        tool = LiteRtTool(asked.shell, asked.npu_libraries, asked.npu_models)
        try:
            device = phone.persistently(phone.device)
            for case in _shell_cases(asked, choose(asked.cases)):
                log_to_stderr(f"{phone.serial}: shell/npu/{case.precision}/{case.block}")
                limits = PHONE_MODES[asked.mode]
                self._keep(tool.measure(phone, case, device, asked.mode, limits))
        except PhoneError as error:
            return f"{phone.serial}: {error}"
        return None

    def _measure_cases(self, phone: Phone) -> None:
        asked = self._arguments
        cases, limits = choose(asked.cases), PHONE_MODES[asked.mode]
        if asked.cooldown is not None:
            limits = replace(limits, cooldown_s=asked.cooldown)
        tool = None if asked.benchmark_model is None else GoogleTool(asked.benchmark_model)
        try:
            if tool is not None:
                phone.persistently(partial(tool.install, phone))
            for result in measure_phone(phone, cases, asked.mode, limits, log_to_stderr, tool=tool):
                self._keep(result)
        finally:
            if tool is not None:
                phone.persistently(partial(tool.remove, phone))

    def _keep(self, result: CaseResult) -> None:
        with self._lock:
            self.run = replace(self.run, cases=(*self.run.cases, result))
            save_run(self.run, self._arguments.output)


def _shell_cases(asked: argparse.Namespace, cases: Sequence[PhoneCase]) -> list[PhoneCase]:
    """Without ``--shell`` all of them; else those that its models can be there for.

    Raises:
        ValueError: a folder is missing.
    """
    if asked.shell is None:
        return list(cases)
    for flag, folder in (("libraries", asked.npu_libraries), ("models", asked.npu_models)):
        if folder is None or not folder.is_dir():
            raise ValueError(f"--shell needs a folder of --npu-{flag}, got {folder}")
    built = {tuple(path.stem.split("-")[::2]) for path in asked.npu_models.glob("*-*-*.tflite")}
    npu = [case for case in cases if case.delegate == "npu"]
    return [case for case in npu if (case.precision, case.block) in built] or npu[:1]


def _well(case: CaseResult) -> bool:
    return case.status == "ok" and (case.target is None or case.target.passed)


def _said(error: Exception, code: int) -> int:
    print(f"benchmarks.android: {error}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.android",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--list", action="store_true", help="name phones and cases, and stop")
    add("--cases", nargs="+", default=["android/*"], metavar="PATTERN", help="with * and ? (all)")
    add(
        "--mode", choices=PHONE_MODES, default="quick",
        help="of each case at least 128 queries and 10 s, at most 60 s; or 1024, 60 s and 600 s",
    )  # fmt: skip
    add(
        "--apk",
        type=Path,
        metavar="FILE",
        help="install this debug APK first, and remove it after if there was none",
    )
    add(
        "--benchmark-model",
        type=Path,
        metavar="FILE",
        help="Google's benchmark_model for arm64: run it after each case, beside the app's figure",
    )
    add(
        "--shell",
        type=Path,
        metavar="FILE",
        help="Google's benchmark_litert_model for arm64: run it on the NPU instead of the app",
    )
    add("--npu-libraries", type=Path, metavar="FOLDER", help="the vendor's libraries, for --shell")
    add("--npu-models", type=Path, metavar="FOLDER", help="what litedenoise compile has written")
    add(
        "--cooldown",
        type=float,
        metavar="SECONDS",
        help="pause between cases (60; 300 in normal mode)",
    )
    add("--keep", action="store_true", help=f"leave {PACKAGE} installed")
    add("--serial", action="append", default=[], help="of a phone; several are measured at once")
    add("--output", type=Path, default=_DEFAULT_OUTPUT, metavar="JSON", help=f"({_DEFAULT_OUTPUT})")
    return parser


if __name__ == "__main__":
    sys.exit(main())

"""A phone as its shell shows it: installs, starts, logs, heats up, and fails as it is told to."""

import base64
import json
import shlex
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.android.phone import PACKAGE
from litedenoise_sdk.model.load import load_released
from tests.benchmarks.android.adb_device import ConnectionCut

Latencies = Callable[[int], Sequence[float]]

RESULT = f"/sdcard/Android/data/{PACKAGE}/files/benchmark.json"
_AMBIENT_C = 28.0


def google_says(flags: Sequence[str]) -> str:
    """The lines that are read, as a benchmark_model of 2024 prints them."""
    return (
        "INFO: STARTING!\n"
        "INFO: Explicitly applied GPU delegate, and the model graph will be completely executed by "
        "the delegate.\n"
        "INFO: Initialized session in 812.4ms.\n"
        "INFO: count=4 first=150100 curr=140200 min=139900 max=150100 avg=142800 std=4100 "
        "p5=139900 median=140900 p95=150100\n\n"
        "INFO: count=128 first=120100 curr=119800 min=118200 max=1.31e+05 avg=1.20512e+05 std=900 "
        "p5=118900 median=120050 p95=122700\n\n"
        "INFO: Inference timings in us: Init: 812400, First inference: 150100, Warmup (avg): "
        "142800, Inference (avg): 1.20512e+05\n"
        "INFO: Memory footprint delta from the start of the tool (MB): init=14.4 overall=14.8\n"
    )


def accelerated(delegate: str) -> int | None:
    """As the app tells it: an NPU or GPU runs every operator or declines; no other tells."""
    return 36 if delegate in ("npu", "gpu") else None


def steady(queries: int) -> Sequence[float]:
    """33 ms each."""
    return [33_000] * queries


@dataclass
class PhoneSimulator:
    """A phone; what is set here is what it does.

    Attributes:
        latencies: in microseconds, of so many queries on the accelerator that was asked for.
        changes: keys of the result that come out otherwise.
        text: replaces the whole result, given as it would be.
        cuts: how often the connection ends at a command that begins so; "push" is a file's end.
        heats_c: by so much a case heats the phone up; it cools down by ``cool``.
        dies: the app's process ends during the case.
        slow: looks at the result before it is there.
        room: for files, in bytes.
        litert_result: what benchmark_litert_model writes; None where it refuses the model.
        tool_says: what Google's benchmark_model prints at its end, by its flags.
    """

    soc: str = "MT6993"
    sdk: int = 36
    abi: str = "arm64-v8a,armeabi-v7a"
    authorized: bool = True
    installed: bool = True
    has_benchmark: bool = True
    latencies: Latencies = steady
    changes: dict[str, Any] = field(default_factory=dict)
    text: Callable[[str], str] = lambda text: text
    cuts: dict[str, int] = field(default_factory=dict)
    dies: bool = False
    room: int = 16_000_000
    tool_says: Callable[[Sequence[str]], str] = google_says
    install_says: str = "Success"
    battery: int = 80
    awake: bool = True
    locked: bool = False
    slow: int = 0
    litert_result: bytes | None = None
    temperature_c: float = _AMBIENT_C
    thermal_status: int = 0
    heats_c: float = 0.0
    throttles: float = 1.0
    files: dict[str, bytes] = field(default_factory=dict)
    modes: dict[str, int] = field(default_factory=dict)
    tool_ran: list[tuple[list[str], bytes]] = field(default_factory=list)
    started: list[dict[str, str]] = field(default_factory=list)
    result: str | None = None
    log: str = ""
    waited_s: float = 0.0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def cool(self, seconds: float) -> None:
        """Time passes: 3 degrees a minute."""
        self.waited_s += seconds
        self.temperature_c = max(_AMBIENT_C, self.temperature_c - seconds / 20)

    def stores(self, path: str, content: bytes, mode: int) -> str | None:
        """A file that is pushed."""
        self._cut("push")
        if len(content) > self.room:
            return "No space left on device"
        self.files[path], self.modes[path] = content, mode
        return None

    def size(self, path: str) -> int | None:
        """Of a file that was pushed."""
        return len(self.files[path]) if path in self.files else None

    def shell(self, command: str) -> tuple[str, int]:
        """One command."""
        self._cut(command)
        with self._lock:
            match shlex.split(command):
                case ["getprop"]:
                    said = self._properties()
                case ["dumpsys", "battery"]:
                    said = (
                        f"  USB powered: true\n  level: {self.battery}\n"
                        f"  temperature: {self.temperature_c * 10:.0f}\n"
                    )
                case ["dumpsys", "power"]:
                    said = f"  mWakefulness={'Awake' if self.awake else 'Asleep'}\n"
                case ["dumpsys", "window", "policy"]:
                    said = f"KeyguardServiceDelegate\n  showing={str(self.locked).lower()}\n"
                case ["dumpsys", "thermalservice"]:
                    said = self._thermal()
                case ["pm", "install", *_, path]:
                    self.installed = path in self.files and self.install_says == "Success"
                    said = self.install_says
                case ["pm", "uninstall", _]:
                    self.installed, said = False, "Success"
                case ["pm", "path", _]:
                    said = "package:/data/app/base.apk\n" if self.installed else ""
                case ["rm", "-f", *paths]:
                    for path in paths:
                        self.files.pop(path, None)
                        if path == RESULT:
                            self.result = None
                    said = ""
                case ["timeout", "-s", "KILL", _, path, *flags] if path != "env":
                    said = self._run_tool(path, flags)
                case ["df", *_]:
                    said = "Filesystem Size Used Avail\n/data 64G 64G 0\n"
                case ["logcat", "-c"]:
                    self.log = said = ""
                case ["logcat", *_]:
                    said = self.log
                case ["cat", _]:
                    said = self._written()
                case ["pidof", _]:
                    said = "" if self.dies or not self.started else "7\n"
                case ["timeout", "-s", "KILL", _, "env", *words]:
                    said = self._run_litert(words)
                case ["base64", path]:
                    said = self._in_base64(path)
                case ["rm", "-rf", folder]:
                    for path in [one for one in self.files if one.startswith(f"{folder}/")]:
                        del self.files[path]
                    said = ""
                case ["am", "start", *words]:
                    said = self._start(words)
                case ["am", "force-stop", _] | ["input", *_] | ["pkill", "-x", _]:
                    said = ""
                case _:
                    return f"sh: {command}: not found\n", 127
        return said, 0

    def _cut(self, command: str) -> None:
        for beginning, left in self.cuts.items():
            if left and command.startswith(beginning):
                self.cuts[beginning] -= 1
                raise ConnectionCut

    def _properties(self) -> str:
        properties = {
            "ro.soc.model": self.soc,
            "ro.product.model": "Simulated",
            "ro.product.manufacturer": "Nobody",
            "ro.build.version.sdk": self.sdk,
            "ro.build.version.release": "16",
            "ro.build.fingerprint": "nobody/simulated:16/1",
            "ro.product.cpu.abilist": self.abi,
        }
        return "".join(f"[{name}]: [{value}]\n" for name, value in properties.items())

    def _thermal(self) -> str:
        return (
            f"IsStatusOverride: false\nThermal Status: {self.thermal_status}\n"
            "Cached temperatures:\n\tTemperature{mValue=99.0, mType=3, mName=skin, mStatus=0}\n"
            "Current temperatures from HAL:\n"
            f"\tTemperature{{mValue={self.temperature_c}, mType=3, mName=skin, mStatus=0}}\n"
            "\tTemperature{mValue=55.0, mType=0, mName=CPU, mStatus=0}\n"
            "Current cooling devices from HAL:\n"
        )

    def _written(self) -> str:
        if self.result is None or self.slow:
            self.slow = max(0, self.slow - 1)
            return f"cat: {RESULT}: No such file or directory\n"
        return self.result

    def _run_litert(self, words: Sequence[str]) -> str:
        at = next(at for at, word in enumerate(words) if word.startswith("/"))
        path, *flags = words[at:]
        if not self.modes.get(path, 0) & 0o100:
            return f"env: {path}: Permission denied\n"
        given = dict(flag.removeprefix("--").split("=") for flag in flags)
        self.tool_ran.append((flags, self.files[given["graph"]]))
        if self.litert_result is not None:
            self.files[given["result_file_path"]] = self.litert_result
        return "ERROR: Some ops are not accelerated\n" if self.litert_result is None else ""

    def _in_base64(self, path: str) -> str:
        if path not in self.files:
            return f"base64: {path}: No such file or directory\n"
        return base64.encodebytes(self.files[path]).decode()

    def _run_tool(self, path: str, flags: Sequence[str]) -> str:
        if path not in self.files:
            return f"timeout: {path}: No such file or directory\n"
        if not self.modes[path] & 0o100:
            return f"timeout: {path}: Permission denied\n"
        model, *rest = flags
        self.tool_ran.append((rest, self.files[model.removeprefix("--graph=")]))
        return self.tool_says(rest)

    def _start(self, words: Sequence[str]) -> str:
        if "-S" not in words:
            return "Error: not a fresh process\n"
        if not self.has_benchmark:
            return "Error type 3\nError: Activity class does not exist.\n"
        extras = {words[at + 1]: words[at + 2] for at, word in enumerate(words) if word == "--es"}
        self.started.append(extras)
        if self.dies:
            self.log = f"I/ActivityManager: Process {PACKAGE}:benchmark (pid 7) has died: fg TOP\n"
            return "Status: ok\n"
        before = self.thermal_status
        hot = self.temperature_c > 40
        slower = self.throttles if hot else 1.0
        self.temperature_c += self.heats_c
        height, width = extras["block"].split("x")
        result = {
            "schema_version": 1,
            "device": "Nobody Simulated",
            "sdk": self.sdk,
            "model": extras["model"],
            "model_sha256": load_released(extras["model"]).sidecar.sha256,  # type: ignore[arg-type]
            "block": [int(height), int(width)],
            "threads": 4,
            "seed": 0,
            "requested": extras["delegate"],
            "actual": extras["delegate"],
            "reason": "",
            "accelerated_operators": accelerated(extras["delegate"]),
            "total_operators": 36,
            "init_us": 20_000,
            "first_us": 60_000,
            "warm_up_us": [40_000],
            "samples_us": [slower * one for one in self.latencies(int(extras["runs"]))],
            "copies_us": 2_500,
            "peak_memory_kb": 100_000,
            "thermal_status_before": before,
            "thermal_status_after": self.thermal_status,
            "error": None,
            **self.changes,
        }
        self.result = self.text(json.dumps(result))
        self.log = "I/LiteDenoiseBenchmark: done: /data/user/0/files/benchmark.json\n"
        return "Status: ok\n"

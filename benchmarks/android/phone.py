"""One phone on the other end of adb."""

import re
import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

from adbutils import AdbClient
from adbutils.errors import AdbError, AdbInstallError

from benchmarks.android.case import PhoneCase
from benchmarks.android.condition import Condition, condition
from benchmarks.android.errors import BrokenResult, LostPhone, UnfitPhone
from benchmarks.android.limits import PhoneLimits
from benchmarks.record import Device

PACKAGE = "org.litedenoise.app"
LEAST_SDK = 26
ABI = "arm64-v8a"

_RESULT = f"/sdcard/Android/data/{PACKAGE}/files/benchmark.json"
_PROCESS = f"{PACKAGE}:benchmark"
_APK = "/data/local/tmp/litedenoise.apk"
_ANSWER_S = 120.0
_CASE_S = 1800.0  # the longest mode is a third of it; opening a model on an NPU takes minutes
_TRIES = 3
_RECONNECTIONS = 60
_BETWEEN_S = 2.0
_LOOK_EVERY_S = 2.0

Sleep = Callable[[float], None]
Value = TypeVar("Value")


class Phone:
    """Commands to one phone; every method raises ``LostPhone`` when the connection ends."""

    def __init__(self, client: AdbClient, serial: str, sleep: Sleep = time.sleep) -> None:
        self.serial = serial
        self._client = client
        self._device = client.device(serial)
        self._sleep = sleep

    def persistently(self, action: Callable[[], Value]) -> Value:
        """Repeats ``action`` after a lost connection, up to three times; only for what may be
        repeated.

        Raises:
            LostPhone: the phone did not come back, or left every time.
        """
        for _ in range(_TRIES):
            try:
                return action()
            except LostPhone:
                self.reconnect()
        raise LostPhone(f"{self.serial}: the connection ended {_TRIES} times: try another cable")

    def device(self) -> Device:
        """What this phone is, after checking that the app can run on it.

        Raises:
            UnfitPhone: an Android before 8.0, or no 64-bit Arm.
        """
        properties = dict(re.findall(r"^\[(.*?)\]: \[(.*?)\]", self.run("getprop"), re.MULTILINE))
        sdk = properties.get("ro.build.version.sdk", "")
        release = properties.get("ro.build.version.release", "unknown")
        if not sdk.isdecimal() or int(sdk) < LEAST_SDK:
            raise UnfitPhone(f"expected Android 8.0 (API {LEAST_SDK}) or newer, got {release}")
        abis = properties.get("ro.product.cpu.abilist", "")
        if ABI not in abis.split(","):
            raise UnfitPhone(f"expected a phone of {ABI}, got {abis or 'none'}")
        maker = properties.get("ro.product.manufacturer", "")
        return Device(
            name=f"{maker} {properties.get('ro.product.model', '')}".strip(),
            soc=properties.get("ro.soc.model", "unknown"),  # since Android 12
            system=f"Android {release} (API {sdk})",
            fingerprint=f"{properties.get('ro.build.fingerprint', '')} {self.serial}",
        )

    def condition(self) -> Condition:
        """Battery, screen and heat of this moment."""
        return condition(
            self.run("dumpsys", "battery"),
            self.run("dumpsys", "power"),
            self.run("dumpsys", "window", "policy"),
            self.run("dumpsys", "thermalservice"),
        )

    def wake(self) -> None:
        """Turns the screen on; a locked phone stays locked."""
        self.run("input", "keyevent", "KEYCODE_WAKEUP")

    def install(self, apk: Path) -> None:
        """Installs over what is there.

        Raises:
            UnfitPhone: no space, another signature, an ABI that is missing, ...
        """
        try:
            # Opened here: the client leaves files open that it opened itself.
            with apk.open("rb") as file:
                self.push(file, _APK, apk.name)
            with self._lost():
                self._device.install_remote(_APK)
        except AdbInstallError as error:
            if not error.output.strip():
                raise LostPhone(f"{self.serial}: the connection ended while installing") from error
            raise UnfitPhone(f"{apk.name} was not installed: {error.output.strip()}") from error
        finally:
            self.run("rm", "-f", _APK)

    def push(self, file: BinaryIO, path: str, name: str, mode: int = 0o644) -> None:
        """Copies an open file to a path on the phone.

        Raises:
            UnfitPhone: the phone does not take it; ``name`` tells what.
        """
        try:
            self._device.sync.push(file, path, mode=mode, check=True)
        except (EOFError, ConnectionError) as error:
            raise LostPhone(f"{self.serial}: the connection ended while copying {name}") from error
        except AdbError as error:
            # The client keeps the phone's own words from us; a full disk is what it mostly is.
            free = self.run("df", "-h", "/data/local/tmp").strip()
            raise UnfitPhone(f"{name} could not be copied to the phone; space:\n{free}") from error

    def has_app(self) -> bool:
        """Whether the app is installed, in whatever build."""
        return "package:" in self.run("pm", "path", PACKAGE)

    def check_app(self) -> None:
        """Whether the app can be started.

        Raises:
            UnfitPhone: it is not installed.
        """
        if not self.has_app():
            raise UnfitPhone(f"{PACKAGE} is not installed: name its APK with --apk")

    def start(self, case: PhoneCase, limits: PhoneLimits) -> None:
        """Starts one case in a fresh process; nothing of an earlier one is left behind.

        Raises:
            UnfitPhone: the build has no benchmark activity.
        """
        self.run("rm", "-f", _RESULT)
        self.run("logcat", "-c")
        extras = {
            "model": case.precision,
            "delegate": case.delegate,
            "block": case.block,
            "runs": str(limits.queries),
            "min_duration_ms": str(round(1000 * limits.seconds)),
            "max_duration_ms": str(round(1000 * limits.most_seconds)),
        }
        words = [word for name, value in extras.items() for word in ("--es", name, value)]
        said = self.run("am", "start", "-S", "-W", "-n", f"{PACKAGE}/.BenchmarkActivity", *words)
        if "Error" in said:
            raise UnfitPhone(
                "the benchmark activity did not start; a release has none, install the debug or "
                f"benchmark build with --apk: {said.strip()}"
            )

    def result(self) -> str:
        """Waits for the case that was started, and gives what it has written.

        The file tells that it is done, as a log may be cut or drop lines; after a lost connection
        this may be called again.

        Raises:
            BrokenResult: the process died, or nothing came within half an hour.
        """
        for _ in range(round(_CASE_S / _LOOK_EVERY_S)):
            alive = self.run("pidof", _PROCESS).strip()
            text = self._written()  # after: what wrote it and ended is no death
            if text is not None:
                return text
            if not alive:
                raise BrokenResult(f"the app's process died{self._last_words()}")
            self._sleep(_LOOK_EVERY_S)
        raise BrokenResult("the app was not done within half an hour")

    def _written(self) -> str | None:
        text = self.run("cat", _RESULT)
        return None if "No such file" in text else text

    def _last_words(self) -> str:
        said = self.run("logcat", "-d", "-v", "tag", "-s", "ActivityManager:I", "AndroidRuntime:E")
        about = [line.strip() for line in said.splitlines() if PACKAGE in line]
        return f": {about[-1]}" if about else ""

    def stop(self) -> None:
        """Ends the app, and removes what it wrote."""
        self.run("am", "force-stop", PACKAGE)
        self.run("rm", "-f", _RESULT)

    def uninstall(self) -> None:
        """Removes the app."""
        self.run("pm", "uninstall", PACKAGE)

    def reconnect(self) -> None:
        """Waits for the phone to come back, two minutes at most.

        Raises:
            LostPhone: it did not.
        """
        for _ in range(_RECONNECTIONS):
            if ":" in self.serial:  # a phone on the network has to be called again
                self._client.disconnect(self.serial)
                self._client.connect(self.serial, timeout=_ANSWER_S)
            states = {one.serial: one.state for one in self._client.list()}
            if states.get(self.serial) == "device":
                return
            self._sleep(_BETWEEN_S)
        raise LostPhone(f"{self.serial} was disconnected and did not come back")

    def run(self, *words: str, within_s: float = _ANSWER_S) -> str:
        """What a command prints, on either stream."""
        with self._lost():
            return str(self._device.shell2(shlex.join(words), timeout=within_s, v2=True).output)

    @contextmanager
    def _lost(self) -> Iterator[None]:
        try:
            yield
        except AdbInstallError:
            raise
        except (AdbError, EOFError, ConnectionError) as error:
            raise LostPhone(f"{self.serial}: {error or 'the connection ended'}") from error

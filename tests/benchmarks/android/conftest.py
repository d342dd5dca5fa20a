"""The real adb, with a server of its own that ends with the tests."""

import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import DEVNULL

import pytest
from adbutils import AdbClient

from tests.benchmarks.android.adb_device import AdbDevice
from tests.benchmarks.android.phone_simulator import PhoneSimulator

Plug = Callable[[PhoneSimulator], str]


@pytest.fixture(scope="session")
def adb_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """On a port and with keys of its own: nobody's phones and servers are touched."""
    home = tmp_path_factory.mktemp("adb")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    own = {"ANDROID_ADB_SERVER_PORT": port, "HOME": str(home), "ADB_MDNS": "0", "TMPDIR": str(home)}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in own.items():
            patch.setenv(name, value)
        subprocess.run(
            ["adb", "start-server"], check=True, stdout=DEVNULL, stderr=DEVNULL, timeout=60
        )
        yield
        subprocess.run(
            ["adb", "kill-server"], check=True, stdout=DEVNULL, stderr=DEVNULL, timeout=60
        )


@pytest.fixture
def plug(adb_server: None) -> Iterator[Plug]:
    """Connects a phone to adb, and gives its serial."""
    client = AdbClient()
    devices = []

    def plugged(phone: PhoneSimulator) -> str:
        device = AdbDevice(phone)
        devices.append(device)
        client.connect(device.serial)
        return device.serial

    yield plugged
    for device in devices:
        client.disconnect(device.serial)
        device.close()


@pytest.fixture
def apk(tmp_path: Path) -> Path:
    """Bytes to install; a phone would look at them, the simulated one does not."""
    path = tmp_path / "app-debug.apk"
    path.write_bytes(os.urandom(200_000))
    return path


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "run.json"

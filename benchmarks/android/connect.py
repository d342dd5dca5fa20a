"""Finds the connected phones, and chooses those to measure."""

import shutil
from collections.abc import Sequence

from adbutils import AdbClient
from adbutils.errors import AdbError

from benchmarks.android.errors import AmbiguousPhone, NoPhone, UnfitPhone

_HELP = {
    "unauthorized": "unlock it and accept the computer's key",
    "authorizing": "unlock it and accept the computer's key",
    "offline": "pull the cable and plug it in again",
    "no permissions": "this user may not use USB devices: see adb's udev rules",
}


def connected() -> tuple[AdbClient, dict[str, str]]:
    """The adb server, started if need be, and the state of each phone by its serial.

    Raises:
        NoPhone: there is no adb, or its server does not start.
    """
    if shutil.which("adb") is None:
        raise NoPhone("no adb on the PATH; on Debian and Ubuntu: apt install adb")
    client = AdbClient()
    try:
        return client, {one.serial: one.state for one in client.list()}
    except (AdbError, OSError) as error:
        raise NoPhone(f"adb does not answer: {error}") from error


def choose_phones(states: dict[str, str], wanted: Sequence[str]) -> list[str]:
    """Serials of the phones to measure: those wanted, or the only one.

    Raises:
        NoPhone: none is connected, or not the one wanted.
        AmbiguousPhone: several are, and none is wanted.
        UnfitPhone: one of them does not talk to this computer.
    """
    listed = ", ".join(f"{serial} ({state})" for serial, state in states.items())
    if not states:
        raise NoPhone("no phone is connected: enable USB debugging on it and plug it in")
    if missing := [serial for serial in wanted if serial not in states]:
        raise NoPhone(f"no phone {missing[0]!r}; there are {listed}")
    if not wanted and len(states) > 1:
        raise AmbiguousPhone(f"several phones, name which with --serial: {listed}")
    chosen = list(dict.fromkeys(wanted)) or list(states)
    for serial in chosen:
        if (state := states[serial]) != "device":
            raise UnfitPhone(f"{serial} is {state}: {_HELP.get(state, 'start it into Android')}")
    return chosen

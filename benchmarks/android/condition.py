"""The state a phone is in: battery, screen and heat, from what ``dumpsys`` prints."""

import re
from dataclasses import dataclass

from benchmarks.record import Thermal

LEAST_BATTERY_PERCENT = 20
"""Below it phones save power."""

EMERGENCY_STATUS = 4
"""Android's CRITICAL: measuring then harms the phone and tells nothing."""

_SKIN = 3  # android.os.Temperature.TYPE_SKIN
_PLAUSIBLE_C = (-20.0, 95.0)
_TEMPERATURE = re.compile(
    r"Temperature\{mValue=(-?[\d.]+(?:E-?\d+)?), mType=(-?\d+), mName=([^,}]*)"
)
_KEYGUARD = re.compile(
    r"\b(?:mShowingLockscreen|mDreamingLockscreen|mKeyguardShowing|isKeyguardShowing|showing)=true"
)


@dataclass(frozen=True, slots=True)
class Condition:
    """What is checked before each case and recorded with it."""

    battery_percent: int | None
    charging: bool
    awake: bool
    locked: bool
    thermal: Thermal

    @property
    def note(self) -> str:
        """One line for the record."""
        battery = "unknown" if self.battery_percent is None else f"{self.battery_percent} %"
        return (
            f"battery {battery}, {'charging' if self.charging else 'not charging'}, screen "
            f"{'on' if self.awake else 'off'}{', locked' if self.locked else ''}"
        )

    @property
    def hindrance(self) -> str | None:
        """Why nothing can be measured now, with what to do, or None."""
        status = self.thermal.status
        if status is not None and status >= EMERGENCY_STATUS:
            return f"thermal emergency (status {status} of 6): let the phone cool down"
        if self.battery_percent is not None and self.battery_percent < LEAST_BATTERY_PERCENT:
            return f"battery at {self.battery_percent} %: charge it to {LEAST_BATTERY_PERCENT} %"
        if not self.awake:
            return "the screen stays off: unlock the phone and keep its screen on"
        if self.locked:
            return "the phone is locked: unlock it, so that the app runs in the foreground"
        return None


def condition(battery: str, power: str, policy: str, thermal_service: str) -> Condition:
    """From ``dumpsys battery``, ``power``, ``window policy`` and ``thermalservice``.

    Before Android 10 there is no thermal service: its text is then of no use, and the battery's
    temperature is all there is.
    """
    level = re.search(r"^\s*level: (\d+)", battery, re.MULTILINE)
    tenths = re.search(r"^\s*temperature: (-?\d+)", battery, re.MULTILINE)
    status = re.search(r"Thermal Status: (\d+)", thermal_service)
    skin = skin_temperatures(thermal_service)
    temperature = max(skin) if skin else int(tenths[1]) / 10 if tenths else None
    return Condition(
        battery_percent=int(level[1]) if level else None,
        charging=bool(re.search(r"(AC|USB|Wireless|Dock) powered: true", battery)),
        awake="mWakefulness=Awake" in power,
        locked=bool(_KEYGUARD.search(policy)),
        thermal=Thermal(temperature, int(status[1]) if status else None),
    )


def skin_temperatures(thermal_service: str) -> list[float]:
    """What the phone's surface has now, in degrees Celsius, by the sensors that are named so.

    Vendors number their sensors as they like: on Samsung's phones type 3 is the battery, and the
    skin has 4. So the name goes before the type, and what no phone can have is left out.
    """
    current = thermal_service.partition("Current temperatures from HAL")[2]
    least, most = _PLAUSIBLE_C
    sensors = [
        (float(value), int(kind), name.lower())
        for value, kind, name in _TEMPERATURE.findall(current.partition("cooling devices")[0])
        if least <= float(value) <= most
    ]
    named = [value for value, _, name in sensors if "skin" in name]
    return named or [
        value for value, kind, name in sensors if kind == _SKIN and "battery" not in name
    ]

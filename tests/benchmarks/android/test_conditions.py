"""Heat and locks as phones print them: dumps in the shape of three makers."""

import pytest

from benchmarks.android.condition import condition, skin_temperatures

SAMSUNG = """IsStatusOverride: false
Thermal Status: 0
Cached temperatures:
	Temperature{mValue=61.0, mType=4, mName=TYPE_SKIN, mStatus=0}
HAL Ready: true
HAL connection:
	ThermalHAL 2.0 connected: yes
Current temperatures from HAL:
	Temperature{mValue=45.1, mType=0, mName=TYPE_CPU, mStatus=0}
	Temperature{mValue=24.4, mType=3, mName=TYPE_BATTERY, mStatus=0}
	Temperature{mValue=38.3, mType=4, mName=TYPE_SKIN, mStatus=0}
Current cooling devices from HAL:
	CoolingDevice{mValue=0, mType=0, mName=FAN}
"""
PIXEL = """IsStatusOverride: false
Thermal Status: 1
Current temperatures from HAL:
	Temperature{mValue=30.2, mType=2, mName=battery, mStatus=0}
	Temperature{mValue=36.125, mType=3, mName=VIRTUAL-SKIN, mStatus=0}
	Temperature{mValue=35.5, mType=3, mName=VIRTUAL-SKIN-GPU, mStatus=0}
	Temperature{mValue=-273.15, mType=3, mName=skin_therm_broken, mStatus=0}
	Temperature{mValue=51.0, mType=0, mName=BIG, mStatus=0}
	Temperature{mValue=0.0, mType=6, mName=vbat, mStatus=0}
Current cooling devices from HAL:
	CoolingDevice{mValue=0, mType=2, mName=thermal-cpufreq-0}
Temperature static thresholds from HAL:
	TemperatureThreshold{mType=3, mName=VIRTUAL-SKIN, mHotThrottlingThresholds=[NaN, 39.0, 43.0]}
"""
XIAOMI = """IsStatusOverride: false
Thermal Status: 0
Current temperatures from HAL:
	Temperature{mValue=39.9, mType=0, mName=cpu-0-0-usr, mStatus=0}
	Temperature{mValue=33.7, mType=3, mName=xo-therm-usr, mStatus=0}
	Temperature{mValue=29.0, mType=2, mName=battery, mStatus=0}
	Temperature{mValue=1.7E308, mType=3, mName=quiet-therm-usr, mStatus=0}
Current cooling devices from HAL:
"""
BATTERY = "  level: 80\n  temperature: 312\n"


@pytest.mark.parametrize(
    ("dump", "celsius"), [(SAMSUNG, 38.3), (PIXEL, 36.125), (XIAOMI, 33.7), ("", 31.2)]
)
def test_the_skin_is_what_is_named_so(dump: str, celsius: float) -> None:
    now = condition(BATTERY, "mWakefulness=Awake", "", dump)
    assert now.thermal.temperature_c == celsius


def test_what_no_phone_can_have_is_left_out() -> None:
    assert skin_temperatures(PIXEL) == [36.125, 35.5]
    assert skin_temperatures(XIAOMI.replace("33.7", "133.7")) == []
    assert skin_temperatures(SAMSUNG.replace("TYPE_SKIN", "TYPE_BOARD")) == []


@pytest.mark.parametrize(
    ("policy", "locked"),
    [
        ("KeyguardServiceDelegate\n  showing=true\n  secure=true\n", True),
        ("KeyguardServiceDelegate\n  showing=false\n  showingAndNotOccluded=false\n", False),
        ("  mShowingLockscreen=true mShowingDream=false\n", True),
        ("  isKeyguardShowing=false\n", False),
    ],
)
def test_a_locked_phone_is_told(policy: str, locked: bool) -> None:
    now = condition(BATTERY, "mWakefulness=Awake", policy, "")
    assert now.locked is locked
    assert ("is locked" in (now.hindrance or "")) is locked

"""This machine, and how warm and busy it is."""

import os
import platform

from benchmarks.record import Device, Thermal
from benchmarks.record.results import machine
from litedenoise_sdk.machine import usable_cores

_SENSORS = ("coretemp", "k10temp", "cpu_thermal", "acpitz")


def this_machine() -> Device:
    """Processor, cores, system and versions of the packages involved."""
    found = machine()
    packages = found["packages"]
    assert isinstance(packages, dict)
    return Device(
        name=str(found["processor"]),
        soc=str(found["processor"]),
        system=platform.system(),
        cores=usable_cores(),
        versions={"python": platform.python_version(), **packages},
    )


def thermal_now() -> Thermal:
    """Temperature, if there is a sensor, and load at this moment."""
    import psutil

    sensors = psutil.sensors_temperatures() if hasattr(psutil, "sensors_temperatures") else {}
    readings = [one.current for name in _SENSORS for one in sensors.get(name, ())]
    load, *_ = psutil.getloadavg()
    cores = os.cpu_count() or 1
    return Thermal(temperature_c=max(readings) if readings else None, load=round(load / cores, 2))

"""Memory that the C library keeps after the objects in it are gone."""

import ctypes


def release_freed_memory() -> None:
    """Returns freed memory to the system where the C library would keep it.

    After an arena of a few hundred megabytes, glibc keeps the next ones for itself: a closed
    runtime would go on counting as resident memory, 170 MB of 227 in one measurement.
    """
    trim = getattr(ctypes.pythonapi, "malloc_trim", None)
    if trim is not None:
        trim(0)

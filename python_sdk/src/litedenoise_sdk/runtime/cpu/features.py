"""What this machine's CPU has beyond its base instruction set."""

from pathlib import Path

_FEATURES = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8", "asimddp", "i8mm")
_DOT_PRODUCTS = {"avx512_vnni", "avx_vnni", "amx_int8", "asimddp", "i8mm"}


def cpu_features() -> tuple[str, ...]:
    """Those that make convolutions fast, under Linux's names; none elsewhere."""
    try:
        known = set(Path("/proc/cpuinfo").read_text(encoding="utf-8").split())
    except OSError:
        return ()
    return tuple(feature for feature in _FEATURES if feature in known)


def has_dot_products() -> bool:
    """Whether products of 8-bit values are known to be summed in 32 bits by one instruction."""
    return not _DOT_PRODUCTS.isdisjoint(cpu_features())


def has_matrix_units() -> bool:
    """Whether matrices of 8-bit values are known to be multiplied by one instruction, which LiteRT
    uses."""
    return "amx_int8" in cpu_features()

"""ICC profiles for colours that a file describes without one (ICC.1:2022, matrix/TRC).

PNG gives its colours as numbers (cICP, gAMA, cHRM), for which no other container has a place.
"""

import struct
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Chromaticities = tuple[float, ...]
"""White, red, green and blue, as x and y each."""

Curve = float | Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""A gamma (stored values to that power are light), or what makes light of stored values."""

_D65 = (0.3127, 0.3290)
_SRGB: Chromaticities = (*_D65, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
_PRIMARIES: dict[int, Chromaticities] = {  # ITU-T H.273, table 2
    1: _SRGB,
    5: (*_D65, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06),
    6: (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    7: (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    9: (*_D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    11: (0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    12: (*_D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
}
_D50 = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
_SAMPLES = 4_096


def from_cicp(payload: bytes) -> bytes | None:
    """The profile that a cICP chunk stands for; None for sRGB and for code points unknown here."""
    if len(payload) != 4 or payload[0] not in _PRIMARIES or payload[1] not in _TRANSFERS:
        return None
    if payload[:2] == bytes((1, 13)):
        return None
    return _profile(_PRIMARIES[payload[0]], _TRANSFERS[payload[1]], cicp=payload)


def from_gamma(gamma: bytes | None, chromaticities: bytes | None) -> bytes | None:
    """The profile that gAMA and cHRM chunks stand for; None where they say sRGB or nonsense."""
    primaries, curve = _SRGB, _srgb
    power: Curve = curve
    if chromaticities is not None and len(chromaticities) == 32:
        primaries = tuple(value / 100_000 for value in struct.unpack(">8I", chromaticities))
    if gamma is not None and len(gamma) == 4:
        (stated,) = struct.unpack(">I", gamma)
        # 45455 is how encoders abbreviate sRGB.
        if stated and abs(stated - 45_455) > 50:
            power = 100_000 / stated
    if power is curve and np.allclose(primaries, _SRGB, atol=0.001):
        return None
    if not all(0 < value < 1 for value in primaries):
        return None
    try:
        return _profile(primaries, power)
    except (struct.error, ValueError, OverflowError, np.linalg.LinAlgError):
        return None  # numbers that no profile can hold


def _srgb(stored: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(stored <= 0.04045, stored / 12.92, ((stored + 0.055) / 1.055) ** 2.4)


def _bt709(stored: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(stored < 0.081, stored / 4.5, ((stored + 0.099) / 1.099) ** (1 / 0.45))


def _pq(stored: NDArray[np.float64]) -> NDArray[np.float64]:
    """SMPTE ST 2084, of its peak."""
    root = stored ** (1 / 78.84375)
    light = np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)
    return light ** (1 / 0.1593017578125)


def _hlg(stored: NDArray[np.float64]) -> NDArray[np.float64]:
    """ARIB STD-B67, scene light."""
    bright = (np.exp((stored - 0.55991073) / 0.17883277) + 0.28466892) / 12
    return np.where(stored <= 0.5, stored**2 / 3, bright)


_TRANSFERS: dict[int, Curve] = {  # ITU-T H.273, table 3
    1: _bt709, 4: 2.2, 5: 2.8, 6: _bt709, 8: 1.0, 13: _srgb, 14: _bt709, 15: _bt709, 16: _pq,
    18: _hlg,
}  # fmt: skip


def _profile(primaries: Chromaticities, curve: Curve, cicp: bytes | None = None) -> bytes:
    tags = {
        b"desc": _text("LiteDenoise: colours stated by the PNG file"),
        b"cprt": _text("No copyright"),
        b"wtpt": _xyz(_D50),
        **dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), map(_xyz, _matrix(primaries).T), strict=True)),
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _curve(curve)),
    }
    if cicp is not None:
        tags[b"cicp"] = b"cicp" + bytes(4) + cicp
    at = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, value in tags.items():
        table += name + struct.pack(">II", at + len(body), len(value))
        body += value.ljust(-(-len(value) // 4) * 4, b"\0")
    head = struct.pack(">I4xI4s4s4s", at + len(body), 0x04400000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp")
    head = head.ljust(68, b"\0") + struct.pack(">3I", *(round(v * 65_536) for v in _D50))
    return head.ljust(128, b"\0") + table + body


def _matrix(primaries: Chromaticities) -> NDArray[np.float64]:
    """Linear RGB to XYZ under D50, adapted after Bradford; a column for each primary."""
    white, *colours = (
        np.array([x / y, 1.0, (1 - x - y) / y])
        for x, y in zip(primaries[::2], primaries[1::2], strict=True)
    )
    columns = np.stack(colours, axis=1)
    matrix = columns * np.linalg.solve(columns, white)
    scale = np.diag((_BRADFORD @ _D50) / (_BRADFORD @ white))
    adapted: NDArray[np.float64] = np.linalg.solve(_BRADFORD, scale @ _BRADFORD @ matrix)
    return adapted


def _curve(curve: Curve) -> bytes:
    if isinstance(curve, float):
        return b"para" + struct.pack(">4xHxxi", 0, round(curve * 65_536))
    light = curve(np.linspace(0, 1, _SAMPLES))
    table = np.rint(np.clip(light, 0, 1) * 65_535).astype(">u2").tobytes()
    return b"curv" + struct.pack(">4xI", _SAMPLES) + table


def _xyz(values: NDArray[np.float64]) -> bytes:
    return b"XYZ " + struct.pack(">4x3i", *(round(float(value) * 65_536) for value in values))


def _text(text: str) -> bytes:
    encoded = text.encode("utf-16-be")
    return b"mluc" + struct.pack(">4xII2s2sII", 1, 12, b"en", b"US", len(encoded), 28) + encoded

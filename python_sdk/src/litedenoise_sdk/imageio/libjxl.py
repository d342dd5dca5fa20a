"""libjxl's own functions, for what pylibjxl does not offer: 16 bits, colours, the first frame.

pylibjxl's module contains libjxl, and on Linux and macOS also exports its C functions
(https://libjxl.readthedocs.io, decode.h and encode.h). Where it does not, ``library`` is None.
"""

import ctypes
import importlib.util
from ctypes import POINTER, byref, c_char_p, c_double, c_float, c_int, c_size_t, c_uint32, c_void_p
from enum import IntEnum
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import UnreadableImage

_SUCCESS, _MORE_OUTPUT = 0, 2
_OF_DATA = 1
_UINT8, _UINT16 = 2, 3
_PIECE_BYTES = 1 << 20
_GREY = 1
_SRGB = (1, 1, 13)
"""White point, primaries and transfer function."""


class _Status(IntEnum):
    """Of the decoder, and the events that it is asked for."""

    NEED_OUT_BUFFER = 5
    BASIC_INFO = 0x40
    COLOUR = 0x100
    FULL_IMAGE = 0x1000


class _BasicInfo(ctypes.Structure):
    _fields_ = [
        ("have_container", c_int), ("width", c_uint32), ("height", c_uint32),
        ("bits", c_uint32), ("exponent_bits", c_uint32), ("intensity_target", c_float),
        ("min_nits", c_float), ("relative_to_max_display", c_int), ("linear_below", c_float),
        ("uses_original_profile", c_int), ("have_preview", c_int), ("have_animation", c_int),
        ("orientation", c_int), ("colours", c_uint32), ("extra_channels", c_uint32),
        ("alpha_bits", c_uint32), ("alpha_exponent_bits", c_uint32),
        ("alpha_premultiplied", c_int), ("preview", c_uint32 * 2), ("animation", c_uint32 * 4),
        ("intrinsic", c_uint32 * 2), ("padding", ctypes.c_uint8 * 100),
    ]  # fmt: skip


class _Colours(ctypes.Structure):
    _fields_ = [
        ("space", c_int), ("white", c_int), ("white_xy", c_double * 2), ("primaries", c_int),
        ("primaries_xy", c_double * 6), ("transfer", c_int), ("gamma", c_double),
        ("intent", c_int),
    ]  # fmt: skip


class _PixelFormat(ctypes.Structure):
    _fields_ = [
        ("channels", c_uint32), ("kind", c_int), ("byte_order", c_int), ("align", c_size_t),
    ]  # fmt: skip


_FORMAT, _INFO, _COLOURS = POINTER(_PixelFormat), POINTER(_BasicInfo), POINTER(_Colours)
_FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "JxlDecoderCreate": (c_void_p, [c_void_p]),
    "JxlDecoderDestroy": (None, [c_void_p]),
    "JxlDecoderSubscribeEvents": (c_int, [c_void_p, c_int]),
    "JxlDecoderSetUnpremultiplyAlpha": (c_int, [c_void_p, c_int]),
    "JxlDecoderSetInput": (c_int, [c_void_p, c_char_p, c_size_t]),
    "JxlDecoderCloseInput": (None, [c_void_p]),
    "JxlDecoderProcessInput": (c_int, [c_void_p]),
    "JxlDecoderGetBasicInfo": (c_int, [c_void_p, _INFO]),
    "JxlDecoderGetColorAsEncodedProfile": (c_int, [c_void_p, c_int, _COLOURS]),
    "JxlDecoderGetICCProfileSize": (c_int, [c_void_p, c_int, POINTER(c_size_t)]),
    "JxlDecoderGetColorAsICCProfile": (c_int, [c_void_p, c_int, c_char_p, c_size_t]),
    "JxlDecoderSetImageOutBuffer": (c_int, [c_void_p, _FORMAT, c_void_p, c_size_t]),
    "JxlEncoderCreate": (c_void_p, [c_void_p]),
    "JxlEncoderDestroy": (None, [c_void_p]),
    "JxlEncoderInitBasicInfo": (None, [_INFO]),
    "JxlEncoderSetBasicInfo": (c_int, [c_void_p, _INFO]),
    "JxlEncoderSetICCProfile": (c_int, [c_void_p, c_char_p, c_size_t]),
    "JxlColorEncodingSetToSRGB": (None, [_COLOURS, c_int]),
    "JxlEncoderSetColorEncoding": (c_int, [c_void_p, _COLOURS]),
    "JxlEncoderFrameSettingsCreate": (c_void_p, [c_void_p, c_void_p]),
    "JxlEncoderSetFrameDistance": (c_int, [c_void_p, c_float]),
    "JxlEncoderAddImageFrame": (c_int, [c_void_p, _FORMAT, c_void_p, c_size_t]),
    "JxlEncoderCloseInput": (None, [c_void_p]),
    "JxlEncoderProcessOutput": (c_int, [c_void_p, POINTER(c_void_p), POINTER(c_size_t)]),
}


@cache
def library() -> Any | None:
    """libjxl with its functions declared; None where pylibjxl does not export them."""
    found = importlib.util.find_spec("pylibjxl._pylibjxl")
    if found is None or found.origin is None:
        return None
    loaded = ctypes.CDLL(found.origin)
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(loaded, name, None)
        if function is None:
            return None
        function.restype, function.argtypes = result, arguments
    return loaded


def decode_first(lib: Any, data: bytes) -> tuple[NDArray[Any], bytes | None]:
    """The first frame of a file, upright, and the profile of its colours, None for sRGB.

    Returns:
        (H, W, C), uint8, or uint16 for more than 8 bits, in all of their range; C is 1 grey, 2
        grey and alpha, 3 RGB, 4 RGB and alpha, which is straight.

    Raises:
        UnreadableImage: damaged or cut short.
    """
    decoder = lib.JxlDecoderCreate(None)
    try:
        events = _Status.BASIC_INFO | _Status.COLOUR | _Status.FULL_IMAGE
        lib.JxlDecoderSubscribeEvents(decoder, events)
        lib.JxlDecoderSetUnpremultiplyAlpha(decoder, 1)
        lib.JxlDecoderSetInput(decoder, data, len(data))
        lib.JxlDecoderCloseInput(decoder)
        return _frame(lib, decoder)
    finally:
        lib.JxlDecoderDestroy(decoder)


def _frame(lib: Any, decoder: int) -> tuple[NDArray[Any], bytes | None]:
    info, icc = _BasicInfo(), None
    samples: NDArray[Any] = np.empty((0, 0, 0), np.uint8)
    while True:
        match lib.JxlDecoderProcessInput(decoder):
            case _Status.BASIC_INFO:
                lib.JxlDecoderGetBasicInfo(decoder, byref(info))
            case _Status.COLOUR:
                icc = _profile(lib, decoder)
            case _Status.NEED_OUT_BUFFER:
                channels = info.colours + bool(info.alpha_bits)
                dtype = np.uint8 if info.bits <= 8 else np.uint16
                samples = np.empty((info.height, info.width, channels), dtype)
                layout = _layout(samples)
                lib.JxlDecoderSetImageOutBuffer(
                    decoder, byref(layout), samples.ctypes.data, samples.nbytes
                )
            case _Status.FULL_IMAGE:
                return samples, icc
            case _:
                raise UnreadableImage(
                    "the JPEG XL file is damaged or cut short; get the file again from its source"
                )


def _profile(lib: Any, decoder: int) -> bytes | None:
    stated, length = _Colours(), c_size_t()
    found = lib.JxlDecoderGetColorAsEncodedProfile(decoder, _OF_DATA, byref(stated)) == _SUCCESS
    primaries = _SRGB[1] if stated.space == _GREY else stated.primaries
    if found and (stated.white, primaries, stated.transfer) == _SRGB:
        return None
    if lib.JxlDecoderGetICCProfileSize(decoder, _OF_DATA, byref(length)) != _SUCCESS:
        return None
    icc = ctypes.create_string_buffer(length.value)
    lib.JxlDecoderGetColorAsICCProfile(decoder, _OF_DATA, icc, length.value)
    return icc.raw


def _layout(samples: NDArray[Any]) -> _PixelFormat:
    return _PixelFormat(samples.shape[2], _UINT8 if samples.dtype == np.uint8 else _UINT16, 0, 0)


def encode_deep(
    lib: Any, samples: NDArray[np.uint16], bits: int, distance: float, icc: bytes | None
) -> bytes:
    """A codestream.

    Args:
        lib: as ``library`` gives it.
        samples: (H, W, C), contiguous, in all of the range of uint16; C as in ``decode_first``.
        bits: to state, at most 16.
        distance: of Butteraugli, above 0.
        icc: profile, or None for sRGB.

    Raises:
        ValueError: libjxl refuses the picture or its profile.
    """
    height, width, channels = samples.shape
    has_alpha = channels in (2, 4)
    info = _BasicInfo()
    lib.JxlEncoderInitBasicInfo(byref(info))
    info.width, info.height, info.bits = width, height, bits
    info.colours = channels - has_alpha
    info.extra_channels, info.alpha_bits = has_alpha, bits * has_alpha
    # Decoders that convert no colours give back what they find.
    info.uses_original_profile = icc is not None
    encoder = lib.JxlEncoderCreate(None)
    try:
        _check(lib.JxlEncoderSetBasicInfo(encoder, byref(info)), "size")
        if icc:
            _check(lib.JxlEncoderSetICCProfile(encoder, icc, len(icc)), "ICC profile")
        else:
            colours = _Colours()
            lib.JxlColorEncodingSetToSRGB(byref(colours), info.colours == 1)
            _check(lib.JxlEncoderSetColorEncoding(encoder, byref(colours)), "colours")
        settings = lib.JxlEncoderFrameSettingsCreate(encoder, None)
        _check(lib.JxlEncoderSetFrameDistance(settings, distance), "distance")
        layout = _layout(samples)
        added = lib.JxlEncoderAddImageFrame(
            settings, byref(layout), samples.ctypes.data, samples.nbytes
        )
        _check(added, "pixels")
        lib.JxlEncoderCloseInput(encoder)
        return _output(lib, encoder)
    finally:
        lib.JxlEncoderDestroy(encoder)


def _output(lib: Any, encoder: int) -> bytes:
    piece = ctypes.create_string_buffer(_PIECE_BYTES)
    encoded = bytearray()
    while True:
        at, free = c_void_p(ctypes.addressof(piece)), c_size_t(_PIECE_BYTES)
        status = lib.JxlEncoderProcessOutput(encoder, byref(at), byref(free))
        encoded += piece.raw[: _PIECE_BYTES - free.value]
        if status != _MORE_OUTPUT:
            _check(status, "pixels")
            return bytes(encoded)


def _check(status: int, what: str) -> None:
    if status != _SUCCESS:
        raise ValueError(f"libjxl does not take its {what}")

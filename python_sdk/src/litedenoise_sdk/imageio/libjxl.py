"""libjxl's own functions, for what pylibjxl does not offer: 16 bits, colours, limits.

pylibjxl's module contains libjxl, and on Linux and macOS also exports its C functions
(https://libjxl.readthedocs.io, decode.h and encode.h). Where it does not, ``library`` is None.
"""

import ctypes
import importlib.util
from collections.abc import Container, Iterator
from contextlib import contextmanager
from ctypes import POINTER, byref, c_char_p, c_double, c_float, c_int, c_size_t, c_uint32, c_void_p
from enum import IntEnum
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import UnreadableImage
from litedenoise_sdk.imageio.limits import (
    MAX_JXL_CHANNELS,
    MAX_JXL_LAYERS,
    MAX_METADATA_BYTES,
    MAX_PROFILE_BYTES,
    check_budget,
)

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
    NEED_BOX_BUFFER = 7
    BASIC_INFO = 0x40
    COLOUR = 0x100
    FRAME = 0x400
    FULL_IMAGE = 0x1000
    BOX = 0x4000


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


class _FrameHeader(ctypes.Structure):
    _fields_ = [
        ("duration", c_uint32), ("timecode", c_uint32), ("name_length", c_uint32),
        ("is_last", c_int), ("layer", ctypes.c_uint8 * 128),
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
    "JxlDecoderSetCoalescing": (c_int, [c_void_p, c_int]),
    "JxlDecoderGetFrameHeader": (c_int, [c_void_p, POINTER(_FrameHeader)]),
    "JxlDecoderSetDecompressBoxes": (c_int, [c_void_p, c_int]),
    "JxlDecoderGetBoxType": (c_int, [c_void_p, c_char_p, c_int]),
    "JxlDecoderSetBoxBuffer": (c_int, [c_void_p, c_char_p, c_size_t]),
    "JxlDecoderReleaseBoxBuffer": (c_size_t, [c_void_p]),
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
        ImageTooLarge: more layers, channels or bytes of profile than any photograph has.
    """
    with _reading(lib, data, _Status.BASIC_INFO | _Status.FRAME) as decoder:
        lib.JxlDecoderSetCoalescing(decoder, 0)
        _check_work(lib, decoder)
    events = _Status.BASIC_INFO | _Status.COLOUR | _Status.FULL_IMAGE
    with _reading(lib, data, events) as decoder:
        lib.JxlDecoderSetUnpremultiplyAlpha(decoder, 1)
        return _frame(lib, decoder)


def unpacked_boxes(lib: Any, data: bytes, kinds: Container[bytes]) -> dict[bytes, bytes]:
    """Content of a file's first box of each kind, also where it is compressed (brob).

    Raises:
        UnreadableImage: damaged or cut short.
        ImageTooLarge: more bytes than any photograph has.
    """
    found: dict[bytes, bytearray] = {}
    kind, piece, into = ctypes.create_string_buffer(4), _piece(), bytearray()
    with _reading(lib, data, _Status.BOX) as decoder:
        lib.JxlDecoderSetDecompressBoxes(decoder, 1)
        while True:
            status = lib.JxlDecoderProcessInput(decoder)
            into += piece.raw[: len(piece) - lib.JxlDecoderReleaseBoxBuffer(decoder)]
            check_budget("bytes of metadata", sum(map(len, found.values())), MAX_METADATA_BYTES)
            match status:
                case _Status.BOX:
                    lib.JxlDecoderGetBoxType(decoder, kind, 1)
                    is_wanted = kind.raw in kinds and kind.raw not in found
                    into = found.setdefault(kind.raw, bytearray()) if is_wanted else bytearray()
                    piece = _piece() if is_wanted else _piece(0)
                case _Status.NEED_BOX_BUFFER:
                    pass
                case status if status == _SUCCESS:
                    return {name: bytes(content) for name, content in found.items()}
                case _:
                    raise _damaged()
            if len(piece):
                lib.JxlDecoderSetBoxBuffer(decoder, piece, len(piece))


def _piece(length: int = _PIECE_BYTES) -> Any:
    return ctypes.create_string_buffer(length)


@contextmanager
def _reading(lib: Any, data: bytes, events: int) -> Iterator[int]:
    """A decoder of a file that stops at these events."""
    decoder = lib.JxlDecoderCreate(None)
    try:
        lib.JxlDecoderSubscribeEvents(decoder, events)
        lib.JxlDecoderSetInput(decoder, data, len(data))
        lib.JxlDecoderCloseInput(decoder)
        yield decoder
    finally:
        lib.JxlDecoderDestroy(decoder)


def _check_work(lib: Any, decoder: int) -> None:
    """Counts what a picture is made of, without decoding it.

    Frames of an animation that are shown after one another are not its layers.
    """
    info, header, layers = _BasicInfo(), _FrameHeader(), 0
    while True:
        match lib.JxlDecoderProcessInput(decoder):
            case _Status.BASIC_INFO:
                lib.JxlDecoderGetBasicInfo(decoder, byref(info))
                channels = info.colours + info.extra_channels
                check_budget("channels", channels, MAX_JXL_CHANNELS)
            case _Status.FRAME:
                layers += 1
                check_budget("layers", layers, MAX_JXL_LAYERS)
                lib.JxlDecoderGetFrameHeader(decoder, byref(header))
                if header.duration or header.is_last:
                    return
            case _:
                raise _damaged()


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
                raise _damaged()


def _profile(lib: Any, decoder: int) -> bytes | None:
    stated, length = _Colours(), c_size_t()
    found = lib.JxlDecoderGetColorAsEncodedProfile(decoder, _OF_DATA, byref(stated)) == _SUCCESS
    primaries = _SRGB[1] if stated.space == _GREY else stated.primaries
    if found and (stated.white, primaries, stated.transfer) == _SRGB:
        return None
    if lib.JxlDecoderGetICCProfileSize(decoder, _OF_DATA, byref(length)) != _SUCCESS:
        return None
    check_budget("bytes of profile", length.value, MAX_PROFILE_BYTES)
    icc = ctypes.create_string_buffer(length.value)
    lib.JxlDecoderGetColorAsICCProfile(decoder, _OF_DATA, icc, length.value)
    return icc.raw


def _damaged() -> UnreadableImage:
    return UnreadableImage(
        "the JPEG XL file is damaged or cut short; get the file again from its source"
    )


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

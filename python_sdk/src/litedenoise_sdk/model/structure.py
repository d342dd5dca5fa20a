"""Checks that a TensorFlow Lite file is whole, before anything follows an offset in it.

Every table, vector and string that ``schema.fbs`` of TensorFlow Lite names for graphs, tensors,
constants and signatures has to lie inside the file, as FlatBuffers' own verifier demands it; of
operators' options only those that the SDK reads. Any network passes, not only ours.
"""

import struct
from dataclasses import dataclass

from litedenoise_sdk.errors import CorruptModel

FILE_IDENTIFIER = b"TFL3"

_MOST_ITEMS = 2_000_000
"""Tables, and numbers and letters in vectors, each as often as something points to it. Constants do
not count. Far more than any network has, and read within a second or two."""

_TABLE_ITEMS = 20
"""What a table counts for."""


@dataclass(frozen=True, slots=True)
class _Number:
    size: int


@dataclass(frozen=True, slots=True)
class _Numbers:
    size: int


@dataclass(frozen=True, slots=True)
class _Constant:
    """The bytes of a buffer."""


@dataclass(frozen=True, slots=True)
class _Table:
    name: str


@dataclass(frozen=True, slots=True)
class _Tables:
    name: str


@dataclass(frozen=True, slots=True)
class _Options:
    """A table whose kind the field before it tells."""


@dataclass(frozen=True, slots=True)
class _Unread:
    """What nothing here looks at."""


_BYTE, _INT, _LONG = _Number(1), _Number(4), _Number(8)
_TEXT, _INTS, _LONGS = _Numbers(1), _Numbers(4), _Numbers(8)

_Field = _Number | _Numbers | _Constant | _Table | _Tables | _Options | _Unread

_SCHEMA: dict[str, tuple[_Field, ...]] = {
    "Model": (
        _INT,
        _Tables("OperatorCode"),
        _Tables("SubGraph"),
        _TEXT,
        _Tables("Buffer"),
        _INTS,
        _Tables("Metadata"),
        _Tables("SignatureDef"),
    ),
    "OperatorCode": (_BYTE, _TEXT, _INT, _INT),
    "SubGraph": (_Tables("Tensor"), _INTS, _INTS, _Tables("Operator"), _TEXT, _INT),
    "Tensor": (
        _INTS,
        _BYTE,
        _INT,
        _TEXT,
        _Table("QuantizationParameters"),
        _BYTE,
        _Unread(),
        _INTS,
        _BYTE,
        _Unread(),
        _INT,
    ),
    "QuantizationParameters": (_INTS, _INTS, _INTS, _LONGS, _BYTE, _Unread(), _INT),
    "Operator": (
        _INT,
        _INTS,
        _INTS,
        _BYTE,
        _Options(),
        _TEXT,
        _BYTE,
        _TEXT,
        _INTS,
        _LONG,
        _LONG,
        _BYTE,
        _Unread(),
        _INT,
    ),
    "Buffer": (_Constant(), _LONG, _LONG),
    "Metadata": (_TEXT, _INT),
    "SignatureDef": (_Tables("TensorMap"), _Tables("TensorMap"), _TEXT, _Unread(), _INT),
    "TensorMap": (_TEXT, _INT),
    "AddOptions": (_BYTE, _BYTE),
    "ConcatenationOptions": (_INT, _BYTE),
    "Conv2DOptions": (_BYTE, _INT, _INT, _BYTE, _INT, _INT, _BYTE),
    "DequantizeOptions": (),
    "MaximumMinimumOptions": (),
    "ResizeNearestNeighborOptions": (_BYTE, _BYTE),
}
"""The fields of each table, in the order of their identifiers; later ones are of newer schemas."""


def check_structure(content: bytes) -> None:
    """Follows every offset of a .tflite file once for each way that leads to it.

    Raises:
        CorruptModel: not a TensorFlow Lite file, an offset or a length points outside of it,
            constants that overlap, or more of anything than a network has.
    """
    if content[4:8] != FILE_IDENTIFIER:
        raise CorruptModel(
            f"expected a TensorFlow Lite file, got {len(content)} bytes without its mark "
            f"{FILE_IDENTIFIER.decode()}; fetch the model again"
        )
    _Verifier(content).check()


class _Verifier:
    def __init__(self, content: bytes) -> None:
        from ai_edge_litert.schema_py_generated import BuiltinOptions

        self._content = content
        self._items = 0
        self._constant_bytes = 0
        self._options = {code: name for name, code in vars(BuiltinOptions).items()}

    def check(self) -> None:
        self._table(self._number("<I", 0), "Model")

    def _table(self, position: int, name: str) -> None:
        self._count(_TABLE_ITEMS)
        vtable = position - self._number("<i", position)
        vtable_size, table_size = self._number("<H", vtable), self._number("<H", vtable + 2)
        self._inside(vtable, vtable_size)
        self._inside(position, table_size)
        if vtable_size < 4 or vtable_size % 2 or table_size < 4:
            raise _damaged(f"a table of {table_size} bytes described by {vtable_size}")
        places = struct.unpack_from(f"<{vtable_size // 2 - 2}H", self._content, vtable + 4)
        for number, (field, place) in enumerate(zip(_SCHEMA[name], places, strict=False)):
            if not place or isinstance(field, _Unread):
                continue
            if place + (field.size if isinstance(field, _Number) else 4) > table_size:
                raise _damaged(f"field {number} of {name} lies outside of it")
            if isinstance(field, _Options):
                told = places[number - 1]
                kind = self._number("<B", position + told) if told else 0
                field = _Table(self._options.get(kind, ""))
            self._field(field, position + place)

    def _field(self, field: _Field, position: int) -> None:
        if isinstance(field, _Number):
            return
        target = position + self._number("<I", position)
        if isinstance(field, _Table):
            if field.name in _SCHEMA:
                self._table(target, field.name)
            return
        length = self._number("<I", target)
        if isinstance(field, _Constant):
            self._inside(target + 4, length)
            self._constant_bytes += length
            if self._constant_bytes > len(self._content):
                raise _damaged("constants that overlap")
            return
        size = field.size if isinstance(field, _Numbers) else 4
        self._inside(target + 4, length * size)
        self._count(length)
        if isinstance(field, _Tables):
            for place in range(target + 4, target + 4 + 4 * length, 4):
                self._table(place + self._number("<I", place), field.name)

    def _number(self, form: str, position: int) -> int:
        self._inside(position, struct.calcsize(form))
        (value,) = struct.unpack_from(form, self._content, position)
        return int(value)

    def _inside(self, position: int, size: int) -> None:
        if not 0 <= position <= position + size <= len(self._content):
            raise _damaged(f"{size} bytes at {position} of {len(self._content)}")

    def _count(self, items: int) -> None:
        self._items += items
        if self._items > _MOST_ITEMS:
            raise _damaged(f"more than {_MOST_ITEMS} items")


def _damaged(what: str) -> CorruptModel:
    return CorruptModel(
        f"expected a whole TensorFlow Lite file, got one that is truncated or damaged ({what}); "
        "fetch the model again"
    )

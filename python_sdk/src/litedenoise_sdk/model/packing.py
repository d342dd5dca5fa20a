"""A .tflite file as plain dictionaries, and back into a file.

A table is a dictionary with all of its fields in ``schema``: numbers, arrays for vectors of
numbers, lists for vectors of tables. What is not in the file is a number's default, or None.
Arrays are views into the file: where it is a ``bytearray``, writing to them changes it.
"""

import struct
from typing import Any

import numpy as np

from litedenoise_sdk.errors import CorruptModel
from litedenoise_sdk.geometry import ceil_to
from litedenoise_sdk.model.schema import (
    FILE_IDENTIFIER,
    OPTIONS,
    SCHEMA,
    Constant,
    Field,
    Number,
    Numbers,
    Options,
    Table,
    Tables,
    Text,
    Unread,
)

Fields = dict[str, Any]
"""A table by the names of its fields."""

_MOST_ITEMS = 2_000_000
"""Tables, and numbers and letters in vectors, each as often as something points to it. Constants do
not count. Far more than any network has, and read within seconds."""

_TABLE_ITEMS = 20
"""What a table counts for."""

_ALIGNED_BYTES = 16
"""Vectors start at multiples of it, as LiteRT expects it of constants."""

_ABSENT: dict[str, Fields] = {
    table: {
        name: field.default if isinstance(field, Number) else None for name, field in fields.items()
    }
    for table, fields in SCHEMA.items()
}


def unpack(content: bytes | bytearray) -> Fields:
    """The table "Model" of a .tflite file, with all that it refers to. Any network passes, not
    only ours, but of operators' options only those in ``schema`` are read.

    Every offset is followed once for each way that leads to it, and has to stay inside the file, as
    FlatBuffers' own verifier demands it.

    Raises:
        CorruptModel: not a TensorFlow Lite file, an offset or a length points outside of it,
            constants that overlap, or more of anything than a network has.
    """
    if content[4:8] != FILE_IDENTIFIER:
        raise CorruptModel(
            f"expected a TensorFlow Lite file, got {len(content)} bytes without its mark "
            f"{FILE_IDENTIFIER.decode()}; fetch the model again"
        )
    return _Reader(content).table(0, "Model")


def pack(model: Fields) -> bytes:
    """The .tflite file of a table "Model", which need not have all fields; what ``unpack`` does not
    look into is left out."""
    return _Writer().file(model)


class _Reader:
    def __init__(self, content: bytes | bytearray) -> None:
        self._content = content
        self._items = 0
        self._constant_bytes = 0

    def table(self, pointer: int, name: str) -> Fields:
        """The table that an offset at ``pointer`` leads to."""
        self._count(_TABLE_ITEMS)
        position = pointer + self._whole("<I", pointer)
        layout = position - self._whole("<i", position)
        layout_bytes, table_bytes = self._whole("<H", layout), self._whole("<H", layout + 2)
        self._inside(layout, layout_bytes)
        self._inside(position, table_bytes)
        if layout_bytes < 4 or layout_bytes % 2 or table_bytes < 4:
            raise _damaged(f"a table of {table_bytes} bytes described by {layout_bytes}")
        places = struct.unpack_from(f"<{layout_bytes // 2 - 2}H", self._content, layout + 4)
        fields = dict(_ABSENT[name])
        for (key, field), place in zip(SCHEMA[name].items(), places, strict=False):
            if not place:
                continue
            field_bytes = field.layout.size if isinstance(field, Number) else 4
            if not isinstance(field, Unread) and place + field_bytes > table_bytes:
                raise _damaged(f"{key} of {name} lies outside of it")
            fields[key] = self._value(field, position + place, fields)
        return fields

    def _value(self, field: Field, position: int, fields: Fields) -> Any:
        """What a field inside a table holds, or refers to.

        Args:
            fields: those before it.
        """
        if isinstance(field, Number):
            return field.layout.unpack_from(self._content, position)[0]
        if isinstance(field, Unread):
            return field
        if isinstance(field, Table):
            return self.table(position, field.name)
        if isinstance(field, Options):
            kind = OPTIONS.get(fields["builtin_options_type"])
            return self.table(position, kind) if kind else None
        return self._vector(field, position + self._whole("<I", position))

    def _vector(self, field: Numbers | Text | Constant | Tables, start: int) -> Any:
        count, first = self._whole("<I", start), start + 4
        if isinstance(field, Constant):
            self._inside(first, count)
            self._constant_bytes += count
            if self._constant_bytes > len(self._content):
                raise _damaged("constants that overlap")
            return np.frombuffer(self._content, np.uint8, count, first)
        dtype = np.dtype(field.dtype if isinstance(field, Numbers) else "u1")
        item_bytes = 4 if isinstance(field, Tables) else dtype.itemsize
        self._inside(first, count * item_bytes)
        self._count(count)
        if isinstance(field, Tables):
            places = range(first, first + 4 * count, 4)
            return [self.table(place, field.name) for place in places]
        if isinstance(field, Text):
            return bytes(self._content[first : first + count])
        return np.frombuffer(self._content, dtype, count, first)

    def _whole(self, form: str, position: int) -> int:
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


class _Writer:
    """Writes tables with room for offsets, and then what these lead to."""

    def __init__(self) -> None:
        self._parts: list[bytes | bytearray | memoryview] = []
        self._size = 0

    def file(self, model: Fields) -> bytes:
        head = bytearray(4) + FILE_IDENTIFIER
        self._append(head)
        struct.pack_into("<I", head, 0, self._table(model, "Model"))
        return b"".join(self._parts)

    def _table(self, fields: Fields, name: str) -> int:
        """Returns where it lies."""
        present = []
        places, size = [0] * len(SCHEMA[name]), 4
        for number, (key, field) in enumerate(SCHEMA[name].items()):
            value, absent = fields.get(key), _ABSENT[name][key]
            if value is None or isinstance(field, Unread):
                continue
            if not isinstance(field, Number):
                width = 4
            elif value != absent:
                width = field.layout.size
            else:
                continue
            places[number] = ceil_to(size, width)
            size = places[number] + width
            present.append((places[number], field, value))
        layout = struct.pack(f"<{2 + len(places)}H", 4 + 2 * len(places), size, *places)
        layout_start = self._append(layout, 2)
        table = bytearray(size)
        start = self._append(table, 8)
        struct.pack_into("<i", table, 0, start - layout_start)
        for place, field, value in present:
            if isinstance(field, Number):
                field.layout.pack_into(table, place, value)
            else:
                target = self._reached(field, value, fields)
                struct.pack_into("<I", table, place, target - start - place)
        return start

    def _reached(self, field: Field, value: Any, fields: Fields) -> int:
        """Writes what a field refers to, and returns where it lies."""
        if isinstance(field, Table):
            return self._table(value, field.name)
        if isinstance(field, Options):
            return self._table(value, OPTIONS[fields["builtin_options_type"]])
        if isinstance(field, Tables):
            return self._tables(value, field.name)
        start = self._append(struct.pack("<I", len(value)), _ALIGNED_BYTES, ahead=4)
        if isinstance(field, Numbers):
            self._append(np.asarray(value, field.dtype).tobytes())
        else:
            self._append(value.data if isinstance(field, Constant) else value + b"\0")
        return start

    def _tables(self, tables: list[Fields], name: str) -> int:
        pointers = bytearray(4 + 4 * len(tables))
        start = self._append(pointers, 4)
        struct.pack_into("<I", pointers, 0, len(tables))
        for place, table in zip(range(4, len(pointers), 4), tables, strict=True):
            struct.pack_into("<I", pointers, place, self._table(table, name) - start - place)
        return start

    def _append(
        self, part: bytes | bytearray | memoryview, multiple: int = 1, ahead: int = 0
    ) -> int:
        """Returns where it lies: ``ahead`` bytes before a multiple."""
        padding = -(self._size + ahead) % multiple
        self._parts += (bytes(padding), part)
        start = self._size + padding
        self._size = start + len(part)
        return start


def _damaged(what: str) -> CorruptModel:
    return CorruptModel(
        f"expected a whole TensorFlow Lite file, got one that is truncated or damaged ({what}); "
        "fetch the model again"
    )

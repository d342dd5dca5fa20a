"""Files as dictionaries and back, against LiteRT's own reader of the schema."""

from typing import Any

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.model.packing import pack, unpack
from litedenoise_sdk.options import Precision
from tests.model.networks import small_network


def as_litert_reads_it(content: bytes) -> Any:
    return plain(schema.ModelT.InitFromPackedBuf(content, 0))


def plain(value: Any) -> Any:
    """Values that can be compared, of objects of the schema."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, list):
        return [plain(one) for one in value]
    if hasattr(value, "__dict__"):
        return {type(value).__name__: plain(vars(value))}
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return value


@pytest.mark.parametrize("precision", ["fp16", "int8", "int16x8"])
def test_what_is_written_is_what_was_read(precision: Precision) -> None:
    content = load_released(precision).content
    assert as_litert_reads_it(pack(unpack(content))) == as_litert_reads_it(content)


def test_writing_once_more_changes_nothing() -> None:
    once = pack(unpack(small_network()))
    assert pack(unpack(once)) == once


def test_constants_lie_where_litert_expects_them() -> None:
    content = pack(unpack(small_network()))
    whole = np.frombuffer(content, np.uint8)
    for buffer in unpack(content)["buffers"]:
        if buffer["data"] is not None:
            assert (buffer["data"].ctypes.data - whole.ctypes.data) % 16 == 0


def test_arrays_of_a_bytearray_change_it() -> None:
    content = bytearray(small_network())
    unpack(content)["subgraphs"][0]["tensors"][0]["shape"][:] = (1, 64, 64, 3)
    assert unpack(content)["subgraphs"][0]["tensors"][0]["shape"].tolist() == [1, 64, 64, 3]


def test_fields_may_be_missing() -> None:
    content = pack({"version": 3, "subgraphs": [{"inputs": [1, 2]}]})
    model = unpack(content)
    assert (model["version"], model["buffers"]) == (3, None)
    (subgraph,) = model["subgraphs"]
    assert subgraph["inputs"].tolist() == [1, 2]
    assert (subgraph["tensors"], subgraph["debug_metadata_index"]) == (None, -1)

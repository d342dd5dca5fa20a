"""A .tflite file as objects that can be changed, and back into a file."""

from typing import Any

from litedenoise_sdk.model.structure import FILE_IDENTIFIER


def unpack(content: bytes) -> Any:
    """The schema's ``ModelT`` of a .tflite file.

    Args:
        content: from a trusted source, or taken by ``read_graph`` before.
    """
    from ai_edge_litert import schema_py_generated as schema

    return schema.ModelT.InitFromPackedBuf(content, 0)


def pack(model: Any) -> bytes:
    """The .tflite file of a ``ModelT``."""
    from flatbuffers import Builder

    builder = Builder(1 << 16)
    builder.Finish(model.Pack(builder), FILE_IDENTIFIER)
    return bytes(builder.Output())

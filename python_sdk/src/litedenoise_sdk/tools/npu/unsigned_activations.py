"""16-bit activations as Qualcomm's processor wants them.

Its nearest resize (like its depth-to-space) takes unsigned numbers of 16 bits alone; signed ones,
which TensorFlow Lite has, are refused by the compiler and would run on the CPU.
"""

from litedenoise_sdk.model.packing import pack, unpack

SHIFT = 32768


def unsigned_activations(content: bytes) -> bytes:
    """The file with every int16 tensor as uint16 around ``SHIFT``; anything else stays as it is.

    The values are the same: scale * (number + SHIFT - SHIFT). Input and output change with the
    rest. LiteRT's own kernels do not run such a file.

    Args:
        content: the bytes of a .tflite file that ``read_graph`` has taken.
    """
    from ai_edge_litert import schema_py_generated as schema

    model = unpack(content)
    signed = [
        tensor for tensor in model.subgraphs[0].tensors if tensor.type == schema.TensorType.INT16
    ]
    if not signed:
        return content
    for tensor in signed:
        tensor.type = schema.TensorType.UINT16
        tensor.quantization.zeroPoint = [int(tensor.quantization.zeroPoint[0]) + SHIFT]
    return pack(model)

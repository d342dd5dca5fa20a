"""16-bit activations as Qualcomm's processor wants them.

Its nearest resize (like its depth-to-space) takes unsigned numbers of 16 bits alone; signed ones,
which TensorFlow Lite has, are refused by the compiler and would run on the CPU.
"""

from litedenoise_sdk.model.packing import pack, unpack
from litedenoise_sdk.model.schema import TENSOR_TYPES

SHIFT = 32768

_UINT16 = 16
"""The code of this type, which networks of this family do not have."""


def unsigned_activations(content: bytes) -> bytes:
    """The file with every int16 tensor as uint16 around ``SHIFT``; anything else stays as it is.

    The values are the same: scale * (number + SHIFT - SHIFT). Input and output change with the
    rest. LiteRT's own kernels do not run such a file.

    Args:
        content: the bytes of a .tflite file that ``read_graph`` has taken.
    """
    model = unpack(content)
    tensors = model["subgraphs"][0]["tensors"]
    signed = [tensor for tensor in tensors if TENSOR_TYPES[tensor["type"]] == "INT16"]
    if not signed:
        return content
    for tensor in signed:
        tensor["type"] = _UINT16
        tensor["quantization"]["zero_point"] = tensor["quantization"]["zero_point"] + SHIFT
    return pack(model)

"""Turns an ONNX file into a model file and sidecar that the SDK opens.

    python -m models.import_onnx denoiser.onnx --output build/imported --licence MIT
    litedenoise denoise night.jpg -o clean.jpg --model build/imported/denoiser.tflite

Takes this network trained elsewhere or another one of the same family: RGB in [0, 1] of shape
(1, 3, height, width) in and out, made of convolutions, ReLU, additions, concatenations, nearest
upsampling and a clamp, with at least one halving and one doubling. The result is compared with
onnxruntime before it is kept. Other operators are refused by name.
"""

import argparse
import dataclasses
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import onnx

from litedenoise_sdk.errors import LiteDenoiseError
from litedenoise_sdk.geometry import ceil_to
from litedenoise_sdk.model.describe import describe
from litedenoise_sdk.model.sidecar import Sidecar
from models.networks.student import STRIDE
from models.onnx_files.same_outputs import check_same_outputs
from models.onnx_files.to_tflite import to_tflite


def sidecar_of(content: bytes, *, name: str, licence: str, source: bytes) -> Sidecar:
    """The sidecar, with its halo in steps of the SDK's tiling.

    Args:
        content: the ``.tflite`` file.
        name: of the model file, without its suffix.
        licence: SPDX identifier of the weights' licence.
        source: the ONNX file.

    Raises:
        ValueError: the network halves the picture more often than the tiling allows for.
    """
    described = describe(
        content,
        name=name,
        network=name,
        licence=licence,
        training={"imported_from_onnx_sha256": hashlib.sha256(source).hexdigest()},
    )
    if STRIDE % described.stride_px:
        raise ValueError(f"expected a stride that divides {STRIDE}, got {described.stride_px}")
    halo_px = ceil_to(described.receptive_field_radius_px, STRIDE)
    return dataclasses.replace(described, halo_px=halo_px)


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m models.import_onnx", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("onnx", type=Path)
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    parser.add_argument("--licence", required=True, help="SPDX identifier of the weights' licence")
    arguments = parser.parse_args(argv)
    source = arguments.onnx.read_bytes()
    try:
        content = to_tflite(onnx.load_from_string(source))
        difference = check_same_outputs(source, content)
        name = arguments.onnx.stem
        sidecar = sidecar_of(content, name=name, licence=arguments.licence, source=source)
    except (LiteDenoiseError, ValueError) as error:
        sys.exit(f"{arguments.onnx}: {error}")
    arguments.output.mkdir(parents=True, exist_ok=True)
    (arguments.output / f"{name}.tflite").write_bytes(content)
    sidecar.save(arguments.output / f"{name}.json")
    print(f"{name}: {len(content):,} bytes, differs from onnxruntime by at most {difference:.2g}")


if __name__ == "__main__":
    main()

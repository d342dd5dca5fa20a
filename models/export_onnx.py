"""Exports an fp32 model file as ONNX, for runtimes other than LiteRT.

    python -m models.export_onnx models/released/litedenoisenet-fp32.tflite litedenoisenet.onnx

The ONNX model takes and gives RGB in [0, 1] as (1, 3, height, width), float32; height and width are
free, in multiples of the network's stride. It is compared with the model file before it is kept.
"""

import argparse
from pathlib import Path

import onnx

from models.onnx_files.from_tflite import to_onnx
from models.onnx_files.same_outputs import check_same_outputs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, help="fp32 .tflite")
    parser.add_argument("onnx", type=Path, help="file to write")
    arguments = parser.parse_args()
    content = arguments.model.read_bytes()
    exported = to_onnx(content)
    difference = check_same_outputs(exported.SerializeToString(), content)
    onnx.save(exported, arguments.onnx)
    print(f"{arguments.onnx}: differs from {arguments.model.name} by at most {difference:.2g}")


if __name__ == "__main__":
    main()

"""``litedenoise emulate MODEL.onnx --soc SM8750``: the picture that a phone's NPU would make."""

import argparse
from pathlib import Path

from litedenoise_sdk.cli.arguments import block_size
from litedenoise_sdk.cli.plain import print_json
from litedenoise_sdk.geometry import Size


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "emulate",
        help="measure the picture that a Snapdragon's NPU would make",
        description="Quantize an ONNX model, run it on Qualcomm's x86 emulation of the neural "
        "processor, and compare with fp32 and LiteRT's int8 on the middle of each photo.",
    )
    parser.add_argument(
        "model", type=Path, metavar="MODEL.onnx",
        help="the fp32 network as ONNX (python -m models.export_onnx)",
    )  # fmt: skip
    parser.add_argument("--soc", default="SM8750", metavar="PART", help="the chip (SM8750)")
    parser.add_argument("--noisy", type=Path, nargs="+", required=True, metavar="PHOTO")
    parser.add_argument(
        "--clean", type=Path, nargs="+", default=[], metavar="PHOTO",
        help="the same photos without noise, in the same order, for PSNR and SSIM",
    )  # fmt: skip
    parser.add_argument(
        "--calibration", type=Path, nargs="+", required=True, metavar="PHOTO",
        help="other noisy photos, for the ranges of quantization",
    )  # fmt: skip
    parser.add_argument(
        "--block", type=block_size, default=Size(128, 128), metavar="HEIGHTxWIDTH",
        help="size of the crops (128x128)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> bool:
    from litedenoise_sdk.npu.agreement import measure

    found = measure(
        arguments.model,
        arguments.soc,
        arguments.noisy,
        arguments.clean,
        arguments.calibration,
        arguments.block,
    )
    if arguments.json:
        print_json({"crops": len(arguments.noisy), "block": arguments.block, "results": found})
        return True
    for quality in found:
        clean = ""
        if quality.psnr_db is not None and quality.ssim is not None:
            clean = f"PSNR {quality.psnr_db:.2f} dB, SSIM {quality.ssim:.4f}, "
        print(f"{quality.name:<36} {clean}residual at {quality.agreement_db:.1f} dB of fp32's")
    return True

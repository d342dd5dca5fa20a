"""``litedenoise emulate MODEL --soc SM8750``: the picture that a phone's NPU would make."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from litedenoise_sdk.cli.arguments import block_size, load_named
from litedenoise_sdk.cli.plain import print_json
from litedenoise_sdk.geometry import Size

if TYPE_CHECKING:
    from litedenoise_sdk.tools.npu.agreement import PictureAgreement


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "emulate",
        help="measure the picture that a Snapdragon's NPU would make",
        description="Run quantized models on Qualcomm's x86 emulation of the neural processor, and "
        "compare with LiteRT on the CPU and with fp32 on the middle of each photo. A crop of "
        "128x128 takes seconds.",
    )
    parser.add_argument(
        "models", nargs="+", metavar="MODEL",
        help="a quantized .tflite file with its sidecar, or a shipped model: int8, int16x8",
    )  # fmt: skip
    parser.add_argument("--soc", default="SM8750", metavar="PART", help="the chip (SM8750)")
    parser.add_argument("--noisy", type=Path, nargs="+", required=True, metavar="PHOTO")
    parser.add_argument(
        "--clean", type=Path, nargs="+", default=[], metavar="PHOTO",
        help="the same photos without noise, in the same order, for PSNR and SSIM",
    )  # fmt: skip
    parser.add_argument(
        "--reference", default="fp32", metavar="MODEL",
        help="the same network in fp32: a .tflite file, or the shipped one (fp32)",
    )  # fmt: skip
    parser.add_argument(
        "--block", type=block_size, default=Size(128, 128), metavar="HEIGHTxWIDTH",
        help="size of the crops (128x128)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> bool:
    from litedenoise_sdk.tools.npu.agreement import measure

    found = measure(
        [load_named(name) for name in arguments.models],
        load_named(arguments.reference),
        arguments.soc,
        arguments.noisy,
        arguments.clean,
        arguments.block,
    )
    if arguments.json:
        print_json({"photos": arguments.noisy, "block": arguments.block, "results": found})
        return True
    for quality in found:
        print(f"{quality.name:<16} {_against_clean(quality)}{_against_fp32(quality)}")
    return True


def _against_clean(quality: "PictureAgreement") -> str:
    if quality.psnr_db is None or quality.ssim is None:
        return ""
    return f"PSNR {quality.psnr_db:.2f} dB, SSIM {quality.ssim:.4f}, "


def _against_fp32(quality: "PictureAgreement") -> str:
    text = f"residual at {quality.agreement_db:.1f} dB of fp32's"
    if quality.own_agreement_db != float("inf"):
        text += f", at {quality.own_agreement_db:.1f} dB of LiteRT's"
    return text

"""``litedenoise compare A B``: how close two pictures are, in numbers and side by side."""

import argparse
from pathlib import Path

from litedenoise_sdk.cli.plain import print_json


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "compare",
        help="PSNR, SSIM and a before/after picture",
        description="Print PSNR and SSIM between two pictures of the same size, and save them side "
        "by side: at 100 %, with a part at 400 % beneath.",
    )
    parser.add_argument("first", metavar="A", help="a picture, e.g. before")
    parser.add_argument("second", metavar="B", help="another, e.g. after")
    parser.add_argument("-o", "--output", metavar="PICTURE", help="save the side-by-side picture")
    parser.add_argument(
        "--at", nargs=2, type=int, metavar=("X", "Y"),
        help="pixel in the middle of the side-by-side picture (the middle of the photo)",
    )  # fmt: skip
    parser.add_argument("--overwrite", action="store_true", help="replace an existing PICTURE")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> bool:
    from litedenoise_sdk.imageio.decode import decode
    from litedenoise_sdk.imageio.photo import Photo
    from litedenoise_sdk.imageio.save import check_target, save
    from litedenoise_sdk.imageio.side_by_side import Panel, side_by_side
    from litedenoise_sdk.quality import psnr, ssim

    if arguments.output:
        check_target(arguments.output, overwrite=arguments.overwrite)
    first, second = decode(arguments.first).pixels, decode(arguments.second).pixels
    decibels, similarity = psnr(first, second), ssim(first, second)
    if arguments.output:
        picture = side_by_side(
            [
                Panel(Path(arguments.first).name, first),
                Panel(Path(arguments.second).name, second),
            ],
            centre=(arguments.at[1], arguments.at[0]) if arguments.at else None,
        )
        save(Photo(picture), arguments.output, overwrite=arguments.overwrite)
    if arguments.json:
        print_json({"psnr_db": decibels, "ssim": similarity, "picture": arguments.output})
    else:
        print(f"PSNR {decibels:.2f} dB, SSIM {similarity:.4f}")
    return True

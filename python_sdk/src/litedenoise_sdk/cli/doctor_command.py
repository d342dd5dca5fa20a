"""``litedenoise doctor``: what this machine has, and which processor works."""

import argparse
from typing import get_args

from litedenoise_sdk.cli.arguments import block_size
from litedenoise_sdk.cli.plain import print_json
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.options import Precision


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "doctor",
        help="what this machine has and which processor works",
        description="Try every processor with a model, each in a process of its own, and say what "
        "works, how fast, what is missing where one does not, and what would make this machine "
        "faster.",
    )
    parser.add_argument("--precision", choices=get_args(Precision), default="int8")
    parser.add_argument(
        "--block", type=block_size, nargs="+", default=[Size(128, 128)], metavar="HEIGHTxWIDTH",
        help="block sizes to try (128x128)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> bool:
    from litedenoise_sdk.tools.doctor import examine

    report = examine(arguments.precision, tuple(arguments.block))
    if arguments.json:
        print_json(report)
        return True
    for name, value in report.machine.items():
        print(f"{name:<18} {value}")
    for finding in report.findings:
        trial = finding.trial
        print(f"\n{trial.delegate}, {arguments.precision}, blocks of {finding.block}: "
              f"{'works' if trial.usable else 'does not work'}")  # fmt: skip
        print(f"  {trial.reason}")
        if trial.seconds is not None:
            print(
                f"  {trial.accelerated_operators} of {trial.total_operators} operators "
                f"accelerated, {finding.megapixels_per_second:.2f} megapixels per second"
            )
    print(f"\nfaster: {report.faster}")
    return True

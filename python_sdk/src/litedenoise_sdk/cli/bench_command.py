"""``litedenoise bench``: the benchmarks of the repository that the SDK was installed from."""

import argparse
import importlib
import sys

from litedenoise_sdk.errors import LiteDenoiseError


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "bench",
        help="measure this machine or a phone (in a checkout of the repository)",
        description="Forwards to `python -m benchmarks` of the checkout that this is started in.",
    )
    parser.add_argument(
        "command",
        choices=("run", "report", "compare", "android"),
        help="COMMAND --help tells more",
    )
    parser.add_argument("words", nargs=argparse.REMAINDER, help="arguments of the command")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> bool:
    sys.path.insert(0, "")  # as `python -m` does: the folder that one is in
    try:
        # By name: the benchmarks know the SDK, and the SDK does not know them.
        benchmarks = importlib.import_module("benchmarks.__main__")
    except ModuleNotFoundError as error:
        raise LiteDenoiseError(
            f"{error.name} is missing: the benchmarks are no part of the package; run this in a "
            "checkout of the repository, after pip install -r requirements/dev.txt"
        ) from error
    code = benchmarks.main([arguments.command, *arguments.words])
    if code:
        raise SystemExit(code)
    return True

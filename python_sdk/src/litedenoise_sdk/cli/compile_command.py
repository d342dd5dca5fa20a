"""``litedenoise compile MODEL --soc SM8750``: ahead-of-time compilation for a phone's NPU."""

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from litedenoise_sdk.cli.arguments import block_size, read_model_file
from litedenoise_sdk.cli.plain import print_json
from litedenoise_sdk.errors import OutputError
from litedenoise_sdk.options import Precision
from litedenoise_sdk.whole_file import whole_file

if TYPE_CHECKING:
    from litedenoise_sdk.tools.npu.compile import Compilation


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "compile",
        help="compile a model for a phone's neural processor",
        description="Compile a model ahead of time with the chip vendor's own compiler, and write "
        "the compiled .tflite, with a .json beside it that says what it was made from. Exit code: "
        "0 every operator runs on the neural processor in one part, 1 not all (nothing is "
        "written), 2 wrong usage.",
    )
    precisions = ", ".join(get_args(Precision))
    parser.add_argument(
        "model", metavar="MODEL", help=f"a .tflite file, or a shipped model: {precisions}"
    )
    parser.add_argument("--soc", required=True, metavar="PART", help="the chip, e.g. SM8750")
    parser.add_argument(
        "--block", type=block_size, metavar="HEIGHTxWIDTH",
        help="block size to compile for (that of the file)",
    )  # fmt: skip
    parser.add_argument("-o", "--output", metavar="DIR", help="folder for the compiled model (.)")
    parser.add_argument("--overwrite", action="store_true", help="replace an existing file")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> bool:
    from litedenoise_sdk.tools.npu.compile import compile_model
    from litedenoise_sdk.tools.npu.targets import find_chip

    chip = find_chip(arguments.soc)
    content = read_model_file(arguments.model)
    compiled = compile_model(content, chip, arguments.block)
    target = None
    if compiled.is_whole:
        name = f"{Path(arguments.model).stem}-{chip.name}-{compiled.block}.tflite"
        target = Path(arguments.output or ".", name)
        _write(target, compiled.content, arguments.overwrite)
        _write(target.with_suffix(".json"), _origin(content, compiled), overwrite=True)
    _report(compiled, target, arguments.json)
    return compiled.is_whole


def _origin(content: bytes, compiled: "Compilation") -> bytes:
    """What the Android library compares before it runs the file: see its CompiledAhead.kt."""
    origin = {
        "model_sha256": hashlib.sha256(content).hexdigest(),
        "chip": compiled.chip.name,
        "block": str(compiled.block),
    }
    return (json.dumps(origin, indent=2) + "\n").encode()


def _report(compiled: "Compilation", target: Path | None, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "chip": compiled.chip,
                "block": compiled.block,
                "total_operators": compiled.total_operators,
                "offloaded_operators": compiled.offloaded_operators,
                "partitions": compiled.partitions,
                "libraries": compiled.libraries,
                "seconds": compiled.seconds,
                "is_unsigned": compiled.is_unsigned,
                "output": target,
            }
        )
        return
    print(
        f"{compiled.chip.name}, blocks of {compiled.block}: {compiled.offloaded_operators} of "
        f"{compiled.total_operators} operators offloaded, {compiled.partitions} partition(s), "
        f"{compiled.seconds:.1f} s, compiler from {compiled.libraries}"
    )
    if target is not None:
        shifted = "; its numbers are uint16, those of the int16 file plus 32768"
        print(f"wrote {target}{shifted if compiled.is_unsigned else ''}")
    else:
        print(
            "not compiled: what is left over would run on the CPU; `litedenoise lint` names "
            "operators to replace",
            file=sys.stderr,
        )


def _write(target: Path, content: bytes, overwrite: bool) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(target, overwrite=overwrite) as file:
            file.write(content)
    except FileExistsError as error:
        raise OutputError(f"{target} exists; allow replacing it with --overwrite") from error
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror}") from error

"""``litedenoise info MODEL``: what a model is, from its file and its sidecar."""

import argparse
from typing import Any, get_args

from litedenoise_sdk.cli.plain import plain, print_json, printable
from litedenoise_sdk.options import Precision


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "info",
        help="describe a model",
        description="Print what a model's file and its sidecar say, after checking that they "
        "belong together.",
    )
    precisions = ", ".join(get_args(Precision))
    parser.add_argument(
        "model", metavar="MODEL",
        help=f"a .tflite file with its .json beside it, or a shipped model: {precisions}",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> bool:
    from litedenoise_sdk.model.load import load_model, load_released

    named = arguments.model
    model = load_released(named) if named in get_args(Precision) else load_model(named)
    record: dict[str, Any] = {
        **plain(model.sidecar),
        "file_bytes": len(model.content),
        "macs_per_px": model.graph.macs_per_px,
        "operators": dict(sorted(model.graph.operator_counts.items())),
    }
    if arguments.json:
        print_json(record)
        return True
    width = max(map(len, record))
    for name, value in record.items():
        if value is not None:
            print(printable(f"{name:<{width}}  {_text(value)}"))
    return True


def _text(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items()) or "-"
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.6g}"
    return str(value)

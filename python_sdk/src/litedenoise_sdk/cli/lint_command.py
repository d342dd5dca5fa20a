"""``litedenoise lint MODEL``: is this .tflite fit for neural processors?"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from litedenoise_sdk.cli.arguments import block_size, read_model_file
from litedenoise_sdk.cli.plain import print_json, printable
from litedenoise_sdk.errors import OptionsError
from litedenoise_sdk.options import Precision

if TYPE_CHECKING:
    from litedenoise_sdk.tools.lint import LintReport


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "lint",
        help="check whether a model suits neural processors",
        description="Check a .tflite file of any network without running it: operators, shapes, "
        "memory, arithmetic. Latencies are estimates. Exit code: 0 suitable, 1 not suitable, 2 "
        "wrong usage.",
    )
    precisions = ", ".join(get_args(Precision))
    parser.add_argument(
        "model", metavar="MODEL", help=f"a .tflite file, or a shipped model: {precisions}"
    )
    parser.add_argument(
        "--block", type=block_size, metavar="HEIGHTxWIDTH",
        help="check the model for blocks of this size (LiteDenoiseNet only)",
    )  # fmt: skip
    parser.add_argument("--soc", metavar="PART", help="estimate for this chip alone, e.g. SM8750")
    parser.add_argument("--layers", action="store_true", help="list every layer with its cost")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> bool:
    from litedenoise_sdk.tools.lint import lint
    from litedenoise_sdk.tools.lint.socs import SOCS, find_soc

    content = read_model_file(arguments.model)
    if arguments.block:
        from litedenoise_sdk.model.retile import retile

        content = retile(content, arguments.block)
    socs = SOCS
    if arguments.soc:
        soc = find_soc(arguments.soc)
        if soc is None:
            known = ", ".join(soc.name for soc in SOCS)
            raise OptionsError(f"--soc must be one of {known}; got {arguments.soc!r}")
        socs = (soc,)
    report = lint(content, socs)
    if arguments.json:
        print_json({"model": arguments.model, **_record(report, arguments.layers)})
    else:
        _print(Path(arguments.model).name, report, arguments.layers)
    return report.fit


def _record(report: "LintReport", with_layers: bool) -> dict[str, object]:
    names = [name for name in report.__slots__ if with_layers or name != "layers"]
    return {name: getattr(report, name) for name in names}


def _print(name: str, report: "LintReport", with_layers: bool) -> None:
    print(printable(f"{name}: {'fit' if report.fit else 'NOT fit'} for neural processors"))
    for finding in report.findings:
        print(printable(f"  {finding.severity}: {finding.rule}: {finding.message}"))
    print(f"  input          {'x'.join(map(str, report.input))}")
    operators = ", ".join(f"{name} {count}" for name, count in report.operators.items())
    print(printable(f"  operators      {operators}"))
    print(f"  parameters     {report.parameters:,}")
    print(f"  arithmetic     {report.macs / 1e9:.2f} GMAC, {report.intensity:.1f} MAC per byte")
    print(f"  activations    {report.activation_peak_bytes / 1e6:.1f} MB at most")
    for estimate in report.estimates:
        print(
            f"  {estimate.soc:<14} {estimate.estimated_ms:.1f} ms at least, estimated by roofline "
            f"({estimate.sold_as}; not measured)"
        )
    if with_layers:
        print(f"  {'layer':<24} {'output':<18} {'MMAC':>9} {'MB':>8} {'MAC/byte':>9}")
        for layer in report.layers:
            print(
                f"  {printable(layer.operator):<24} {'x'.join(map(str, layer.output)):<18} "
                f"{layer.macs / 1e6:>9.1f} {layer.moved_bytes / 1e6:>8.2f} {layer.intensity:>9.1f}"
            )

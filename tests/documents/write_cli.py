"""Writes docs/cli.md from the command's own parser.

python tests/documents/write_cli.py
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from litedenoise_sdk.cli.main import build_parser

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"
HEAD = """# Command line
This page is generated from the command itself by `tests/documents/write_cli.py`.
`litedenoise COMMAND --help` says the same.
"""


def cli_page() -> str:
    """One section a command: what it does, its arguments, its options."""
    (commands,) = (
        action
        for action in build_parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    sections = [HEAD]
    for name, parser in commands.choices.items():
        lines = [*_synopsis(name, parser), "", f"{parser.description}", "", *_table(parser)]
        sections.append("\n".join([f"## litedenoise {name}", *lines]) + "\n")
    return "\n".join(sections)


def _synopsis(name: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    words = [f"litedenoise {name}", "[OPTIONS]"]
    words += [_positional(action) for action in parser._actions if not action.option_strings]
    yield from ("```", " ".join(words), "```")


def _positional(action: argparse.Action) -> str:
    name = str(action.metavar or action.dest)
    return f"{name}..." if action.nargs == "+" else name


def _table(parser: argparse.ArgumentParser) -> Iterator[str]:
    yield from ("| argument | what it does |", "| --- | --- |")
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction):
            continue
        help_text = (action.help or "") % {**vars(action), "prog": parser.prog}
        yield f"| {_names(action)} | {_cell(help_text, action)} |"


def _names(action: argparse.Action) -> str:
    if not action.option_strings:
        return f"`{_positional(action)}`"
    value = ""
    if action.nargs != 0:
        shown = action.metavar or ("" if action.choices else action.dest.upper())
        value = " " + (" ".join(shown) if isinstance(shown, tuple) else str(shown))
    return ", ".join(f"`{name}{value}`".replace(" `", "`") for name in action.option_strings)


def _cell(help_text: str, action: argparse.Action) -> str:
    parts = [help_text] if help_text else []
    if action.choices:
        named = (f"`{one}`" + (" (default)" if one == action.default else "")
                 for one in action.choices)  # fmt: skip
        parts.append(", ".join(named))
    if action.required and action.option_strings:
        parts.append("required")
    return "; ".join(parts).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(cli_page(), encoding="utf-8")

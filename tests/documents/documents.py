"""The code blocks of the documents, and how each is to be tested."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "python_sdk" / "README.md",
         *sorted((ROOT / "docs").glob("*.md")))  # fmt: skip

Marker = Literal[
    "",
    "takes long",
    "runs until stopped",
    "needs a running service",
    "needs the network",
    "needs a phone",
    "needs a GPU",
    "needs a cluster",
]
"""In a comment before the block, ``<!-- test: needs a phone -->``; without one it is run."""

_BLOCK = re.compile(r"(?:<!-- test: ([^>]+) -->\n)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page."""

    page: Path
    marker: Marker
    language: str
    text: str

    @property
    def lines(self) -> list[str]:
        """What a shell would run, comments left out."""
        return [line for line in self.text.splitlines() if shlex.split(line, comments=True)]


def blocks(language: str) -> Iterator[Block]:
    """Those of a language, in the order of the pages."""
    for page in PAGES:
        for marker, found, text in _BLOCK.findall(page.read_text(encoding="utf-8")):
            if marker not in get_args(Marker):
                raise ValueError(f"{page.name}: the marker {marker!r} is not known")
            if found == language:
                yield Block(page, cast(Marker, marker), found, text)


def unnamed_blocks() -> list[Block]:
    """Blocks that do not say their language."""
    return list(blocks(""))

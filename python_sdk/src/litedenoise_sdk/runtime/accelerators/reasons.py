"""Turns LiteRT's log into the sentence that a user needs: no C++ file names, no timestamps."""

import re
from collections.abc import Iterable

_PREFIX = re.compile(
    r"""^\s*(?:
        \d[\d.]*ms\s                                 # Qualcomm's clock
        | [EWIF]\d{4}\s[\d:.]+\s+\d+\s               # glog's
        | \[\s*(?:ERROR|WARNING|INFO)\s*\]           # levels
        | <[A-Z]>
        | :?(?:ERROR|Error|WARNING|Warning|FATAL|INFO)\s*:
        | \[?[./\w-]*\.(?:cc|h|cpp):\d+\]?[:\s]*     # places
        | └
        )\s*""",
    re.VERBOSE,
)
_TELLING = re.compile(
    r"ERROR|Error|error:|FATAL|<E>|^\s*[EF]\d{4}\s|[Ff]ailed|[Cc]annot|could not|Unsupported"
    r"|Incompatible|required"
)
_ROUTINE = re.compile(
    r"^\s*INFO|\[\s*INFO|NPU accelerator could not be loaded|XDG_RUNTIME_DIR|buffer requirements"
)

_MEANINGS = (
    (
        r"cannot open shared object|Failed to load .*library|Cannot load library",
        "a library is missing or of another version",
    ),
    (r"less than 5", "a tensor has more than four dimensions"),
    (r"No adapters found", "no usable graphics adapter"),
    (r"could not create op|[Uu]nsupported", "the model has an operator that is not supported"),
)
"""What a line of the log means; the first that fits."""

_MOST_LINES = 2


def reason(log: Iterable[str]) -> str:
    """The cause of a failure, from the lines that LiteRT wrote while it failed.

    Args:
        log: lines of standard error, routine ones included.

    Returns:
        What it means where that is known, and the first telling lines, without C++ locations. Empty
        where the log says nothing.
    """
    telling = [
        plain
        for line in log
        if _TELLING.search(line) and not _ROUTINE.search(line) and (plain := _plain(line))
    ]
    for pattern, meaning in _MEANINGS:
        for line in telling:
            if re.search(pattern, line):
                return f"{meaning} ({line})"
    return "; ".join(list(dict.fromkeys(telling))[:_MOST_LINES])


def _plain(line: str) -> str:
    """Without levels, clocks and places before the message."""
    previous = None
    while line != previous:
        previous, line = line, _PREFIX.sub("", line)
    return line.strip()

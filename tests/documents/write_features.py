"""Writes the tables of docs/files.md that say what becomes of each feature.

python -m tests.documents.write_features
"""

from pathlib import Path

from tests.documents.feature_files import FORMATS
from tests.documents.features import Feature, fate, features, pillows

PAGE = Path(__file__).parents[2] / "docs" / "files.md"
BEGIN, END = "<!-- made by python -m tests.documents.write_features -->\n", "<!-- end -->\n"
NAMES = {"WEBP": "WebP"}


def tables() -> str:
    """Both: within a format, beside Pillow; and from the first format that holds a feature."""
    found = features()
    heads = [NAMES.get(format, format) for format in FORMATS]
    return (
        "From a file into one of the same format; after the slash, what Pillow's `open` and "
        "`save` do:\n\n"
        + _table(heads, [[one.name, *_within(one)] for one in found])
        + "\nFrom the first of these formats that holds it into the others:\n\n"
        + _table(heads, [[one.name, *_into(one)] for one in found])
    )


def page(text: str) -> str:
    """The page with its tables made anew."""
    head, _, rest = text.partition(BEGIN)
    return head + BEGIN + tables() + END + rest.partition(END)[2]


def _within(feature: Feature) -> list[str]:
    return [
        f"{fate(feature, format, format)} / {pillows(feature, format, format)}"
        if format in feature.sources
        else "-"
        for format in FORMATS
    ]


def _into(feature: Feature) -> list[str]:
    sources = [one for one in FORMATS if one in feature.sources and one != "JPEG"]
    source = "JPEG" if _holds(feature) else sources[0]
    return ["-" if one == source else fate(feature, source, one) for one in FORMATS]


def _holds(feature: Feature) -> bool:
    return "JPEG" in feature.sources and feature.name != "more than 8 bits"


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [["feature", *heads], ["---"] * (len(heads) + 1), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

"""The tables of docs/files.md say what happens, and nothing is lost without a word."""

from tests.documents.features import LOST
from tests.documents.write_features import PAGE, page, tables


def test_the_tables_are_those_that_the_files_give() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "run python -m tests.documents.write_features"


def test_nothing_is_lost() -> None:
    cells = [cell.strip() for line in tables().splitlines() for cell in line.split("|")]
    ours = [cell.partition(" / ")[0] for cell in cells]
    assert "kept" in ours
    assert LOST not in ours

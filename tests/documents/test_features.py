"""The tables of docs/files.md say what happens, and nothing is lost without a word."""

import pytest

from tests.documents.feature_files import FORMATS
from tests.documents.features import KEPT, LOST, Feature, fate, features
from tests.documents.write_features import PAGE, page


def test_the_tables_are_those_that_the_files_give() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "run python -m tests.documents.write_features"


@pytest.mark.parametrize("feature", features(), ids=lambda feature: feature.name)
def test_nothing_is_lost_between_any_two_formats(feature: Feature) -> None:
    fates = {
        (source, target): fate(feature, source, target)
        for source in feature.sources
        for target in FORMATS
    }
    assert [pair for pair, what in fates.items() if what == LOST] == []
    assert KEPT in fates.values()

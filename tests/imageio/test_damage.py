"""Damaged files of each format are refused with our own error, or do no harm to any writer.

``python -m tests.imageio.damage --count 100000`` tries more of them.
"""

from tests.imageio.damage import MODULE, SOUND, damaged, try_file
from tests.sweep import sweep


def test_sound_files_of_every_format_are_read_and_written() -> None:
    assert [name for name, make in SOUND.items() if not try_file(make())] == []


def test_cases_differ_and_stay_the_same() -> None:
    assert damaged(5) == damaged(5) != damaged(5 + len(SOUND))


def test_some_damage_to_each_format() -> None:
    wrong, worked = sweep(MODULE, 0, 4 * len(SOUND))
    assert wrong == []
    assert 0 < worked < 4 * len(SOUND)

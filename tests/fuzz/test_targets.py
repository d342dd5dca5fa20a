"""Each fuzz target takes its corpus, and what little damage does to it; ``make fuzz`` goes on."""

import random
from contextlib import suppress

import pytest

from litedenoise_sdk.errors import LiteDenoiseError
from tests.fuzz.targets import CORPUS, TARGETS

_DAMAGED = 25


@pytest.mark.parametrize("name", TARGETS)
def test_what_fuzzing_found_is_our_own_error(name: str) -> None:
    inputs = sorted((CORPUS / name).iterdir())
    assert inputs
    for path in inputs:
        with suppress(LiteDenoiseError):
            TARGETS[name].read(path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_corpus_is_sound_and_damage_is_our_own_error(name: str) -> None:
    target = TARGETS[name]
    rng = random.Random(4)
    for sound in target.corpus():
        target.read(sound)
        for _ in range(_DAMAGED):
            changed = bytearray(sound)
            for _ in range(rng.randint(1, 4)):
                changed[rng.randrange(len(changed))] = rng.randrange(256)
            try:
                target.read(
                    bytes(changed[: rng.choice((len(changed), rng.randrange(len(changed))))])
                )
            except LiteDenoiseError:
                continue

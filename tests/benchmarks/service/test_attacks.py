"""Each attack on the service, for a moment: clients beside it get right answers or none."""

import pytest

from benchmarks.service.__main__ import make_picture, serving
from benchmarks.service.attacks import ATTACKS, attacking
from benchmarks.service.load import Picture, put_load, warm_up
from litedenoise_sdk import Denoiser
from litedenoise_sdk.geometry import Size


@pytest.mark.slow
def test_right_answers_beside_every_attack(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("service")
    sent = make_picture(Size(32, 48), 0)
    with Denoiser("int8") as denoiser:
        picture = Picture(sent, denoiser.denoise(sent))
    with serving(str(folder)) as (url, process):
        warm_up(url, picture)
        for name in ATTACKS:
            with attacking(url, name, sent, attackers=1) as victim:
                load = put_load(url, process, [picture], 1, 0)
            assert victim.rounds > 0, name
            assert load.wrong == 0, name
            assert set(load.statuses) <= {200, 429, 503}, name
        warm_up(url, picture)
    assert list(folder.iterdir()) == []

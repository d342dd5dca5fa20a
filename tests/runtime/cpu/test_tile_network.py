"""Tiles whose pixels lie side by side are the same as others, wherever they are in the photo."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.model.stages import Cutter
from litedenoise_sdk.runtime.cpu.choose import plan_photo
from litedenoise_sdk.runtime.cpu.nodes import Network
from litedenoise_sdk.runtime.cpu.photo import denoise_photo
from litedenoise_sdk.runtime.cpu.stream import Stream
from litedenoise_sdk.runtime.cpu.tile_network import TileNetwork

MODEL = load_released("int8")


@pytest.mark.parametrize("width", range(600, 616, 3))
def test_photos_are_the_same_either_way(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    module = "litedenoise_sdk.runtime.cpu"
    monkeypatch.setattr(f"{module}.choose._MOST_TILE_BYTES", 1e6)
    photo = np.random.default_rng(width).integers(0, 256, (40, width, 3), np.uint8)
    plan = plan_photo(Network.of(MODEL.graph), Size(40, width), 0, 10**9)
    assert any(len(pieces) > 2 for pieces in plan.columns[0]), "tiles at the borders and between"
    results = []
    for has_units in (False, True):
        monkeypatch.setattr(f"{module}.stream.has_matrix_units", lambda has=has_units: has)
        result = np.zeros_like(photo)

        def take(place: Any, pixels: NDArray[Any], result: NDArray[Any] = result) -> None:
            result[place.slices] = pixels

        denoise_photo(Stream(MODEL, plan, 1), plan, photo, take, lambda _: None)
        results.append(result)
    assert np.array_equal(results[0], results[1])
    assert np.ptp(results[0]) > 50


def test_a_tile_at_the_right_border_leaves_columns_at_the_left() -> None:
    stage = Network.of(MODEL.graph).stages[0]
    cutter = Cutter(MODEL.content, MODEL.graph)
    network = TileNetwork(MODEL.graph, cutter, stage, Size(32, 64), Size(8, 21), 1, widens=True)
    assert network.input(0, 40).shape == network.input(0, 64).shape == (10, 23, 3)
    assert _address(network.input(0, 64)) - _address(network.input(0, 40)) == 3 * 3
    assert _address(network.output(64)) - _address(network.output(40)) == 3 * 16


def _address(values: NDArray[Any]) -> int:
    address: int = values.__array_interface__["data"][0]
    return address

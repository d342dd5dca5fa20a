import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ai_edge_litert import schema_py_generated as schema
from hypothesis import given, settings
from hypothesis import strategies as st

from litedenoise_sdk.errors import CorruptModel, ModelError, SidecarMismatch
from litedenoise_sdk.model.describe import describe
from litedenoise_sdk.model.flatbuffer import read_graph
from litedenoise_sdk.model.load import join, load_model, load_released
from litedenoise_sdk.options import Precision

CONTENT = load_released("int8").content


@pytest.fixture
def model_path(tmp_path: Path) -> Path:
    path = tmp_path / "own.tflite"
    path.write_bytes(CONTENT)
    load_released("int8").sidecar.save(path.with_suffix(".json"))
    return path


def test_own_model_is_opened(model_path: Path) -> None:
    assert load_model(model_path) == load_released("int8")
    assert load_model(str(model_path)).sidecar.precision == "int8"


@pytest.mark.parametrize("kept", [0, 3, 8, 100, 5_000, len(CONTENT) // 2, len(CONTENT) - 1])
def test_truncated_file(model_path: Path, kept: int) -> None:
    model_path.write_bytes(CONTENT[:kept])
    with pytest.raises((CorruptModel, SidecarMismatch)) as caught:
        load_model(model_path)
    # A cut that spares every tensor leaves a model that only the checksum tells from the right one.
    assert kept > len(CONTENT) // 2 or caught.type is CorruptModel


def test_random_bytes(model_path: Path) -> None:
    model_path.write_bytes(random.Random(0).randbytes(100_000))
    with pytest.raises(CorruptModel, match="expected a TensorFlow Lite file"):
        load_model(model_path)


def test_random_bytes_behind_the_right_mark(model_path: Path) -> None:
    model_path.write_bytes(CONTENT[:8] + random.Random(0).randbytes(100_000))
    with pytest.raises(CorruptModel):
        load_model(model_path)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damage_anywhere_is_noticed(data: st.DataObject) -> None:
    damaged = bytearray(CONTENT)
    # Most of the file is weights; sizes and offsets are near its ends.
    near_start = st.integers(0, 4_096)
    near_end = st.integers(len(CONTENT) - 40_000, len(CONTENT) - 1)
    for position in data.draw(st.lists(near_start | near_end, min_size=1, max_size=8, unique=True)):
        damaged[position] ^= data.draw(st.integers(1, 255))
    with pytest.raises((CorruptModel, SidecarMismatch)):
        join(bytes(damaged), load_released("int8").sidecar)


def test_changed_weight_is_a_wrong_checksum(model_path: Path) -> None:
    damaged = bytearray(CONTENT)
    damaged[len(CONTENT) // 2] ^= 1
    model_path.write_bytes(damaged)
    with pytest.raises(SidecarMismatch, match="sha256"):
        load_model(model_path)


def test_missing_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"missing\.tflite"):
        load_model(tmp_path / "missing.tflite")
    with pytest.raises(ModelError):
        load_model(tmp_path)


def test_missing_sidecar(model_path: Path) -> None:
    model_path.with_suffix(".json").unlink()
    with pytest.raises(SidecarMismatch, match=r"own\.json"):
        load_model(model_path)


def test_broken_sidecar(model_path: Path) -> None:
    model_path.with_suffix(".json").write_text('{"schema_version": 1')
    with pytest.raises(SidecarMismatch, match=r"own\.json"):
        load_model(model_path)


@pytest.mark.parametrize("other", ["fp32", "fp16"])
def test_sidecar_of_another_precision(model_path: Path, other: Precision) -> None:
    load_released(other).sidecar.save(model_path.with_suffix(".json"))
    with pytest.raises(SidecarMismatch, match=f"precision is {other}, the model's is int8"):
        load_model(model_path)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sha256", "0" * 64),
        ("parameters", 1_963_412),
        ("block", [256, 512]),
        ("stride_px", 8),
        ("receptive_field_radius_px", 124),
        ("activation_bytes_per_px", 98),
        ("input_zero_point", 0),
        ("output_scale", 0.5),
    ],
)
def test_sidecar_that_tells_something_else(model_path: Path, key: str, value: Any) -> None:
    path = model_path.with_suffix(".json")
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
    with pytest.raises(SidecarMismatch, match=f"its {key} is"):
        load_model(model_path)


def test_another_network(model_path: Path, build_network: Callable[..., bytes]) -> None:
    model_path.write_bytes(build_network())
    with pytest.raises(SidecarMismatch, match="describes another file"):
        load_model(model_path)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ({"operator_code": schema.BuiltinOperator.FULLY_CONNECTED}, "FULLY_CONNECTED"),
        ({"operator_code": schema.BuiltinOperator.TRANSPOSE_CONV}, "TRANSPOSE_CONV"),
        ({"operator_code": schema.BuiltinOperator.ADD}, "ADD: expected AddOptions"),
        ({"channels": 4}, r"\(1, height, width, 3\)"),
        ({"stride": 2}, "expected an output of shape"),
        ({"padding": schema.Padding.VALID}, "SAME padding"),
        ({"outputs": (3, 0)}, "2 outputs"),
        ({"outputs": (0,)}, "depend on the input"),
        ({"outputs": (99,)}, "damaged"),
    ],
)
def test_networks_of_other_kinds(
    build_network: Callable[..., bytes], kind: dict[str, Any], told: str
) -> None:
    with pytest.raises(CorruptModel, match=told):
        join(build_network(**kind), load_released("fp32").sidecar)


def test_smaller_network_of_the_family_is_welcome(build_network: Callable[..., bytes]) -> None:
    content = build_network()
    sidecar = describe(
        content,
        name="tiny",
        network="OneConvolution",
        licence="Apache-2.0",
        training={},
    )
    assert (sidecar.precision, sidecar.parameters) == ("fp32", 3 * 3 * 3 * 3 + 3)
    assert join(content, sidecar).graph == read_graph(content)


def test_description_is_what_a_released_sidecar_says() -> None:
    released = load_released("fp16")
    told = released.sidecar
    described = describe(
        released.content,
        name=told.name,
        network=told.network,
        licence=told.licence,
        training=told.training,
    )
    assert described == told


def test_damaged_installation_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(Path(__file__).parents[2] / "models/released", tmp_path / "released")
    (tmp_path / "released/litedenoisenet-fp32.tflite").unlink()
    monkeypatch.setattr("importlib.resources.files", lambda _: tmp_path)
    assert load_released("int8").sidecar.precision == "int8"
    with pytest.raises(ModelError, match="litedenoisenet-fp32"):
        load_released("fp32")

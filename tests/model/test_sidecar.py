import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from litedenoise_sdk.errors import SidecarMismatch
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.sidecar import Sidecar


@pytest.fixture
def sidecar() -> Sidecar:
    return Sidecar(
        name="tiny-int8",
        network="Tiny",
        precision="int8",
        sha256="0123456789abcdef" * 4,
        stride_px=16,
        receptive_field_radius_px=139,
        halo_px=144,
        block=Size(256, 512),
        input_dtype="int8",
        output_dtype="int8",
        input_scale=1 / 255,
        input_zero_point=-128,
        output_scale=1 / 255,
        output_zero_point=-128,
        activation_bytes_per_px=99.0,
        parameters=1_963_411,
        licence="Apache-2.0",
        training={"steps": 20_000, "data": ["CID22", "ä"]},
    )


def test_what_is_saved_is_loaded(sidecar: Sidecar, tmp_path: Path) -> None:
    path = tmp_path / "tiny.json"
    sidecar.save(path)
    assert Sidecar.load(path) == sidecar


def test_json_is_flat_and_plain(sidecar: Sidecar) -> None:
    record = json.loads(sidecar.to_json())
    assert record["block"] == [256, 512]
    assert record["value_range"] == [0.0, 1.0]
    assert record["halo_px"] == 144
    assert record["schema_version"] == 2
    assert all(key == key.lower() for key in record)


def _record(sidecar: Sidecar, **changes: Any) -> str:
    return json.dumps({**json.loads(sidecar.to_json()), **changes})


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"schema_version": 1}, "schema_version"),
        ({"schema_version": "2"}, "schema_version"),
        ({"precision": "int4"}, "precision"),
        ({"sha256": "ABC"}, "sha256"),
        ({"stride_px": 0}, "stride_px"),
        ({"stride_px": True}, "stride_px"),
        ({"stride_px": 16.0}, "stride_px"),
        ({"halo_px": {"exact": 144}}, "halo_px"),
        ({"halo_px": "144"}, "halo_px"),
        ({"halo_px": 0}, "halo_px"),
        ({"halo_px": 150}, "multiple of stride"),
        ({"halo_px": 128}, "radius"),
        ({"block": [256]}, "block"),
        ({"block": [256, 250]}, "block"),
        ({"block": [0, 256]}, "block"),
        ({"value_range": [0, 255]}, "value_range"),
        ({"value_range": ["0", 1]}, "value_range"),
        ({"input_dtype": "uint8"}, "input_dtype"),
        ({"input_scale": None}, "input_scale"),
        ({"output_zero_point": 0.5}, "output_zero_point"),
        ({"output_dtype": "float32"}, "output_scale"),
        ({"activation_bytes_per_px": float("nan")}, "activation_bytes_per_px"),
        ({"parameters": -1}, "parameters"),
        ({"licence": None}, "licence"),
        ({"training": "long"}, "training"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_wrong_values_are_named(sidecar: Sidecar, changes: dict[str, Any], named: str) -> None:
    with pytest.raises(SidecarMismatch, match=named):
        Sidecar.from_json(_record(sidecar, **changes))


def test_missing_key_is_named(sidecar: Sidecar) -> None:
    record = json.loads(sidecar.to_json())
    del record["stride_px"]
    with pytest.raises(SidecarMismatch, match="missing: stride_px"):
        Sidecar.from_json(json.dumps(record))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', "{}", "[" * 100_000])
def test_broken_json_is_refused(text: str) -> None:
    with pytest.raises(SidecarMismatch):
        Sidecar.from_json(text)


def test_load_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(SidecarMismatch, match=r"missing\.json"):
        Sidecar.load(tmp_path / "missing.json")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SidecarMismatch, match=r"binary\.json.*UTF-8"):
        Sidecar.load(tmp_path / "binary.json")
    (tmp_path / "short.json").write_text("{")
    with pytest.raises(SidecarMismatch, match=r"short\.json"):
        Sidecar.load(tmp_path / "short.json")


def test_values_are_checked_when_made(sidecar: Sidecar) -> None:
    with pytest.raises(SidecarMismatch, match="block sides"):
        replace(sidecar, block=Size(8, 16))

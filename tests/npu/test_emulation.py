"""The whole network on Qualcomm's emulation of the Snapdragon's neural processor."""

import json
from pathlib import Path

import pytest

from litedenoise_sdk.cli.main import main
from litedenoise_sdk.errors import OptionsError
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.npu.emulation import emulated
from models.export_onnx import to_onnx

Output = pytest.CaptureFixture[str]
SAMPLE = Path(__file__).parents[2] / "samples" / "noisy.jpg"


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("onnx") / "network.onnx"
    path.write_bytes(to_onnx(load_released("fp32").content).SerializeToString())
    return path


def test_emulated_processor_makes_nearly_the_same_picture(network: Path, capsys: Output) -> None:
    photo = str(SAMPLE)
    command = ["emulate", str(network), "--noisy", photo, "--calibration", photo]
    assert main([*command, "--block", "32x32", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    fp32, _, eight, sixteen = record["results"]
    assert fp32["agreement_db"] is None  # equal
    assert eight["agreement_db"] > 35
    assert sixteen["agreement_db"] > eight["agreement_db"]
    assert eight["psnr_db"] is None


def test_chip_that_is_not_emulated(network: Path) -> None:
    with pytest.raises(OptionsError, match="soc must be one of"), emulated(network, "MT1", 8, []):
        pass


def test_lists_that_do_not_fit(network: Path, capsys: Output) -> None:
    photo = str(SAMPLE)
    clean = ["--clean", photo, photo]
    assert main(["emulate", str(network), "--noisy", photo, "--calibration", photo, *clean]) == 2
    assert "a clean photo for each" in capsys.readouterr().err


def test_file_that_is_no_network(tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "not.onnx").write_bytes(b"nothing")
    photo = str(SAMPLE)
    command = ["emulate", str(tmp_path / "not.onnx"), "--noisy", photo, "--calibration", photo]
    assert main(command) == 2
    assert "as ONNX" in capsys.readouterr().err

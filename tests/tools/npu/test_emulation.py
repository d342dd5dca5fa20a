"""The released files on Qualcomm's emulation of the Snapdragon's neural processor."""

import json
import sys
from pathlib import Path
from typing import Literal

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from PIL import Image

from litedenoise_sdk.cli.main import main
from litedenoise_sdk.errors import DelegateError, ModelError, OptionsError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.model.retile import retile
from litedenoise_sdk.options import Precision
from litedenoise_sdk.quality import psnr
from litedenoise_sdk.runtime.auto.agreement import TOLERANCES, compare_residuals
from litedenoise_sdk.runtime.cpu.runtime import LiteRtCpuRuntime
from litedenoise_sdk.tools.npu.emulation import emulated
from litedenoise_sdk.tools.npu.qdq import to_qdq
from tests.model.interpreter import infer
from tests.model.networks import small_network

Output = pytest.CaptureFixture[str]
Pixels = NDArray[np.float32]
BLOCK = Size(32, 48)
STEPS = {"int8": 1 / 255, "int16x8": 1 / 32767}
SAMPLE = Path(__file__).parents[3] / "samples" / "noisy.jpg"


def small_result(precision: Literal["int8", "int16x8"]) -> tuple[Pixels, Pixels]:
    """A picture, and what LiteRT makes of it by the small network, both in [0, 1]."""
    rng, content = np.random.default_rng(0), small_network(precision)
    if precision == "int8":
        codes = rng.integers(0, 256, (32, 32, 3)).astype(np.uint8)
        result = infer(content, (codes ^ 0x80).view(np.int8)).view(np.uint8) ^ 0x80
        return codes * np.float32(STEPS["int8"]), result * np.float32(STEPS["int8"])
    codes = rng.integers(0, 32768, (32, 32, 3)).astype(np.int16)
    result = infer(content, codes).clip(0)
    return codes * np.float32(STEPS["int16x8"]), result * np.float32(STEPS["int16x8"])


# With 16 bits, float32 holds the sums inexactly and LiteRT rounds them twice.
@pytest.mark.parametrize(("precision", "most_codes"), [("int8", 0), ("int16x8", 12)])
def test_onnx_of_a_small_network_gives_the_same_codes(
    precision: Literal["int8", "int16x8"], most_codes: int
) -> None:
    noisy, own = small_result(precision)
    session = onnxruntime.InferenceSession(
        to_qdq(small_network(precision)).SerializeToString(), providers=["CPUExecutionProvider"]
    )
    (result,) = session.run(None, {"noisy": noisy.transpose(2, 0, 1)[None]})
    assert own.std() > 0.2
    difference = result[0].transpose(1, 2, 0).clip(0) - own
    assert np.rint(np.abs(difference) / STEPS[precision]).max() <= most_codes


@pytest.mark.parametrize(("precision", "least_db"), [("int8", 57), ("int16x8", 82)])
def test_emulated_small_network_gives_nearly_the_same_codes(
    precision: Literal["int8", "int16x8"], least_db: float
) -> None:
    noisy, own = small_result(precision)
    with emulated(small_network(precision), "SM8750") as processor:
        found = processor.run(noisy)
    assert psnr(own, found) > least_db


# How far rounding spreads is up to the weights; the SDK has to take it for rounding.
@pytest.mark.parametrize("precision", ["int8", "int16x8"])
def test_onnx_with_the_files_own_scales_computes_what_the_file_does(precision: Precision) -> None:
    model = load_released(precision)
    with Image.open(SAMPLE) as photo:
        crop = np.asarray(photo.convert("RGB").crop((800, 600, 848, 632)))
    noisy = np.divide(crop, 255, dtype=np.float32)
    network = to_qdq(retile(model.content, BLOCK)).SerializeToString()
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    (result,) = session.run(None, {"noisy": noisy.transpose(2, 0, 1)[None]})
    own = LiteRtCpuRuntime(model, BLOCK, 1, "cpu", "").run(noisy)
    agreement = compare_residuals(noisy, own, result[0].transpose(1, 2, 0))
    assert agreement.within(TOLERANCES[precision]), agreement


def test_emulated_processor_makes_nearly_the_same_picture(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    photo = tmp_path / "noisy.png"
    with Image.open(SAMPLE) as whole:
        whole.convert("RGB").crop((800, 600, 864, 664)).save(photo)
    command = ["emulate", "int8", "int16x8", "--noisy", str(photo), "--clean", str(photo)]
    assert main([*command, "--block", "32x32", "--json"]) == 0
    results = json.loads(capfd.readouterr().out)["results"]  # nothing else is printed there
    assert [one["name"] for one in results] == [
        "fp32", "LiteRT int8", "SM8750 int8", "LiteRT int16x8", "SM8750 int16x8",
    ]  # fmt: skip
    fp32, _, eight, _, sixteen = (one["crops"][0] for one in results)
    assert fp32["agreement_db"] is None  # equal
    # 40 dB or more were found, by the weights. A wrong scale would be below 30.
    for quantized in (eight, sixteen):
        assert quantized["agreement_db"] > 35
        assert quantized["own_agreement_db"] > 35
        assert quantized["psnr_db"] > 20
        assert 0.2 < quantized["ssim"] <= 1


def test_chip_that_is_not_emulated() -> None:
    content = load_released("int8").content
    with pytest.raises(OptionsError, match="soc must be one of"), emulated(content, "MT1"):
        pass


def test_network_that_is_not_quantized() -> None:
    content = load_released("fp32").content
    with pytest.raises(ModelError, match="take the int8 or int16x8"), emulated(content, "SM8750"):
        pass


@pytest.mark.parametrize("package", ["onnx", "onnxruntime_qnn"])
def test_missing_package_says_what_to_install(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    content = retile(load_released("int8").content, BLOCK)
    with (
        pytest.raises(DelegateError, match=r"pip install litedenoise-sdk\[qualcomm\]"),
        emulated(content, "SM8750"),
    ):
        pass


def test_lists_that_do_not_fit(capsys: Output) -> None:
    photo = str(SAMPLE)
    assert main(["emulate", "int8", "--noisy", photo, "--clean", photo, photo]) == 2
    assert "a clean photo for each" in capsys.readouterr().err


def test_photo_smaller_than_a_crop(tmp_path: Path, capsys: Output) -> None:
    small = tmp_path / "small.png"
    Image.new("RGB", (40, 40)).save(small)
    assert main(["emulate", "int8", "--noisy", str(small)]) == 2
    assert "at least 128x128" in capsys.readouterr().err


def test_model_that_is_not_there(capsys: Output) -> None:
    assert main(["emulate", "nothing.tflite", "--noisy", str(SAMPLE)]) == 1
    assert "cannot read the model" in capsys.readouterr().err

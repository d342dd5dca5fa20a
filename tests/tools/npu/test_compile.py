"""Qualcomm's own compiler takes the whole network; nothing stands in for it here."""

import json
from pathlib import Path
from typing import Any

import pytest
from ai_edge_litert import schema_py_generated as schema

from litedenoise_sdk.cli.main import main
from litedenoise_sdk.errors import DelegateError, OptionsError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.options import Precision
from litedenoise_sdk.tools.npu import compile as compiling
from litedenoise_sdk.tools.npu import qnn
from litedenoise_sdk.tools.npu.compile import Compilation, compile_model
from litedenoise_sdk.tools.npu.targets import Chip, find_chip
from litedenoise_sdk.tools.npu.unsigned_activations import SHIFT, unsigned_activations

BLOCK = Size(64, 64)
Output = pytest.CaptureFixture[str]


@pytest.mark.parametrize("precision", ["int8", "int16x8", "fp16", "fp32"])
def test_snapdragon_takes_every_operator_in_one_partition(precision: Precision) -> None:
    model = load_released(precision)
    compiled = compile_model(model.content, find_chip("SM8750"), BLOCK)
    assert compiled.offloaded_operators == compiled.total_operators
    assert compiled.partitions == 1
    assert compiled.is_whole
    assert compiled.block == BLOCK
    assert compiled.content[4:8] == b"TFL3"
    assert b"Qualcomm" in compiled.content
    assert compiled.is_unsigned == (precision == "int16x8")


def test_unsigned_activations_have_the_same_values() -> None:
    content = load_released("int16x8").content
    before, after = (
        schema.ModelT.InitFromPackedBuf(one, 0).subgraphs[0].tensors
        for one in (content, unsigned_activations(content))
    )
    for signed, unsigned in zip(before, after, strict=True):
        if signed.type != schema.TensorType.INT16:
            assert unsigned.type == signed.type
            continue
        assert unsigned.type == schema.TensorType.UINT16
        assert unsigned.quantization.scale == signed.quantization.scale
        assert unsigned.quantization.zeroPoint == signed.quantization.zeroPoint + SHIFT
    eight_bits = load_released("int8").content
    assert unsigned_activations(eight_bits) is eight_bits


def test_chip_without_float_names_the_operator() -> None:
    # The processor of the Snapdragon 888 computes in integers only.
    with pytest.raises(DelegateError, match=r"not supported.*could not create op") as failure:
        compile_model(load_released("fp32").content, find_chip("SM8350"), BLOCK)
    assert ".cc" not in str(failure.value)


@pytest.mark.parametrize(
    ("chip", "remedy"),
    [("MT6993", "ai-edge-litert-sdk-mediatek"), ("Tensor_G5", "sdk-google-tensor")],
)
def test_missing_compiler_says_how_to_get_it(chip: str, remedy: str) -> None:
    with pytest.raises(DelegateError, match=f"a library is missing.*{remedy}"):
        compile_model(load_released("int8").content, find_chip(chip), BLOCK)


def test_unknown_chip_and_odd_block_are_wrong_options() -> None:
    with pytest.raises(OptionsError, match=r"expected one of .*SM8750"):
        find_chip("SM0")
    with pytest.raises(OptionsError, match="multiples of 16"):
        compile_model(load_released("int8").content, find_chip("SM8750"), Size(50, 50))


def test_libraries_are_laid_out_and_taken_away() -> None:
    with qnn.qnn_libraries() as libraries:
        folder = libraries.folder
        assert (folder / "libQnnHtp.so").exists()
        assert (folder / "libQnnLpai.so").exists()
    assert libraries.source != "onnxruntime-qnn" or not folder.exists()


def test_installed_sdk_comes_before_the_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QNN_SDK_ROOT", str(tmp_path))
    with pytest.raises(DelegateError, match="correct or remove QNN_SDK_ROOT"), qnn.qnn_libraries():
        pass
    folder = tmp_path / "lib" / "x86_64-linux-clang"
    folder.mkdir(parents=True)
    for name in ("libQnnHtp.so", "libQnnSystem.so"):
        (folder / name).touch()
    with qnn.qnn_libraries() as libraries:
        assert libraries == qnn.QnnLibraries(folder, "QNN_SDK_ROOT")


def test_nowhere_to_take_libraries_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QNN_SDK_ROOT", raising=False)
    monkeypatch.setattr(qnn, "package_folder", lambda _: None)
    with (
        pytest.raises(DelegateError, match="pip install onnxruntime-qnn"),
        qnn.qnn_libraries(),
    ):
        pass


def test_command_writes_and_does_not_overwrite(tmp_path: Path, capsys: Output) -> None:
    command = ["compile", "int8", "--soc", "sm8750", "--block", "32x48", "-o", str(tmp_path)]
    assert main([*command, "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["offloaded_operators"] == record["total_operators"] > 0
    assert Path(record["output"]) == tmp_path / "int8-SM8750-32x48.tflite"
    origin = json.loads((tmp_path / "int8-SM8750-32x48.json").read_text(encoding="utf-8"))
    assert origin["model_sha256"] == load_released("int8").sidecar.sha256
    assert main(command) == 1
    assert "--overwrite" in capsys.readouterr().err


def test_partial_offload_is_no_success(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = Compilation(Chip("SM8750", "qualcomm"), BLOCK, 46, 40, 1, "here", 1.0, False, b"")
    parts = Compilation(Chip("SM8750", "qualcomm"), BLOCK, 46, 46, 3, "here", 1.0, False, b"")
    assert not parts.is_whole

    def partly(*_: Any) -> Compilation:
        return part

    monkeypatch.setattr(compiling, "compile_model", partly)
    assert main(["compile", "int8", "--soc", "SM8750", "-o", str(tmp_path)]) == 1
    shown = capsys.readouterr()
    assert "40 of 46 operators" in shown.out
    assert "not compiled" in shown.err
    assert not list(tmp_path.iterdir())

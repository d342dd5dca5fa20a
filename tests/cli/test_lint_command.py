import json
from pathlib import Path

import flatbuffers
import pytest
from ai_edge_litert import schema_py_generated as schema

from litedenoise_sdk.cli.main import main
from tests.model.networks import small_network

Output = pytest.CaptureFixture[str]


def test_fit_model_is_0_and_says_estimates_are_estimates(capsys: Output) -> None:
    assert main(["lint", "int8", "--soc", "sm8750", "--layers"]) == 0
    text = capsys.readouterr().out
    assert "int8: fit for neural processors" in text
    assert "estimated by roofline (Snapdragon 8 Elite; not measured)" in text
    assert "RESIZE_NEAREST_NEIGHBOR" in text


def test_json_of_another_block(capsys: Output) -> None:
    assert main(["lint", "fp16", "--block", "64x96", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["input"] == [1, 64, 96, 3]
    assert record["fit"] is True
    assert "layers" not in record


def test_unfit_model_is_1(tmp_path: Path, capsys: Output) -> None:
    from litedenoise_sdk.model.load import load_released

    content = bytearray(load_released("int8").content)
    model = schema.Model.GetRootAs(content, 0)
    tensor = model.Subgraphs(0).Tensors(model.Subgraphs(0).Inputs(0))
    tensor.ShapeAsNumpy()[0] = -1
    path = tmp_path / "dynamic.tflite"
    path.write_bytes(content)
    assert main(["lint", str(path)]) == 1
    assert "error: dynamic-shape" in capsys.readouterr().out


def test_names_of_operators_cannot_steer_the_terminal(tmp_path: Path, capsys: Output) -> None:
    model = schema.ModelT.InitFromPackedBuf(small_network(), 0)
    code = model.operatorCodes[0]
    code.builtinCode = schema.BuiltinOperator.CUSTOM
    code.deprecatedBuiltinCode = schema.BuiltinOperator.CUSTOM
    code.customCode = "\x1b[2J"
    builder = flatbuffers.Builder()
    builder.Finish(model.Pack(builder), b"TFL3")
    path = tmp_path / "strange.tflite"
    path.write_bytes(builder.Output())
    assert main(["lint", str(path), "--layers"]) == 1
    printed = capsys.readouterr().out
    assert "CUSTOM \\x1b[2J" in printed
    assert "\x1b" not in printed


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nothing.tflite"], 1, "cannot read the model"),
        (["int8", "--soc", "X9"], 2, "--soc must be one of"),
        (["int8", "--block", "100x100"], 2, "multiples of 16"),
    ],
)
def test_bad_arguments(arguments: list[str], code: int, message: str, capsys: Output) -> None:
    assert main(["lint", *arguments]) == code
    assert message in capsys.readouterr().err


def test_block_must_be_a_size(capsys: Output) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["lint", "int8", "--block", "huge"])
    assert stop.value.code == 2
    assert "HEIGHTxWIDTH" in capsys.readouterr().err

import json

import pytest

from litedenoise_sdk.cli.main import main


@pytest.mark.tools  # the Vulkan loader
def test_every_processor_is_tried_and_explained(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VK_DRIVER_FILES", "/no/such/driver.json")
    assert main(["doctor", "--block", "32x48", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["machine"]["ai-edge-litert"][0].isdigit()
    assert report["machine"]["gpu adapters"] == "none"
    assert "intel_openvino" in report["machine"]["npu runtimes"]
    trials = {one["trial"]["delegate"]: one["trial"] for one in report["findings"]}
    assert set(trials) == {"cpu", "gpu", "npu", "nnapi"}
    assert trials["cpu"]["usable"]
    assert trials["npu"]["usable"], trials["npu"]["reason"]
    assert trials["npu"]["accelerated_operators"] == trials["npu"]["total_operators"] > 0
    assert "no usable graphics adapter" in trials["gpu"]["reason"]
    assert "on Android alone" in trials["nnapi"]["reason"]

import pytest

from litedenoise_sdk.runtime.accelerators.reasons import reason

NO_ADAPTER = """\
INFO: [environment.cc:36] Creating LiteRT environment with options
WARNING: [npu_registry.cc:34] NPU accelerator could not be loaded and registered: NotFound.
error: XDG_RUNTIME_DIR is invalid or not set in the environment.
ERROR: [delegate_webgpu.cc:359] Failed to initialize WebGPU environment: INTERNAL: No adapters found
E0000 00:00:17.38 21116 delegate_webgpu.cc:736] Failed to get environment: INTERNAL
"""
QUALCOMM = """\
     0.0ms [  INFO ]  graph_prepare.cc:1833:do_prepare2 with num_nsps = 1
     0.0ms [ ERROR ]  graph_prepare.cc:211::ERROR:could not create op: q::Concat
     0.0ms [  INFO ]   <I> QnnContext_free done successfully.
"""


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (NO_ADAPTER, "no usable graphics adapter (Failed to initialize WebGPU environment: "
                     "INTERNAL: No adapters found)"),
        (QUALCOMM, "the model has an operator that is not supported (could not create op: "
                   "q::Concat)"),
        ("ERROR: [compiled_model.cc:1036] Failed to run", "Failed to run"),
        ("ERROR: [./litert/cc/litert_compiled_model.h:1961]", ""),
        ("INFO: all is well", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_cause_is_told_without_places(log: str, expected: str) -> None:
    assert reason(log.splitlines()) == expected

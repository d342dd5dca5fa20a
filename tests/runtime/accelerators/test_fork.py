"""A process that forks after it opened an accelerator gets an answer, not a child that hangs."""

import os
import sys

import numpy as np
import pytest

from litedenoise_sdk.errors import DelegateError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.runtime.openers import RUNTIMES
from litedenoise_sdk.runtime.protocol import Runtime

BLOCK = Size(64, 64)


def opened() -> Runtime:
    return RUNTIMES["npu"](load_released("int8"), BLOCK, 1, "npu", "asked for")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_process_is_told_at_once() -> None:
    runtime = opened()
    child = os.fork()
    if child == 0:
        refusals = 0
        for attempt in (lambda: runtime.run(np.zeros((64, 64, 3), np.float32)), opened):
            try:
                attempt()
            except DelegateError as error:
                refusals += "forked" in str(error)
        os._exit(refusals)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
    runtime.close()

"""What the released networks make of a small photo: ``python -m tests.aarch64.results FILE``.

Run on two machines, for their results to be compared.
"""

import platform
import sys
from typing import Any, get_args

import numpy as np

from litedenoise_sdk import Denoiser
from litedenoise_sdk.options import Precision


def main() -> None:
    noisy = np.random.default_rng(5).integers(0, 256, (48, 40, 3), np.uint8)
    found: dict[str, Any] = {}
    for precision in get_args(Precision):
        with Denoiser(precision, delegate="cpu", threads=1) as denoiser:
            found[precision] = denoiser.denoise(noisy)
    np.savez(sys.argv[1], machine=np.array(platform.machine()), **found)


if __name__ == "__main__":
    main()

"""Records measured halos in the sidecars of exported models.

python -m benchmarks.tiling PHOTO... --precisions int8 --measure-halo
python -m models.record_halo models/released/litedenoisenet-int8.json --balanced 96 --fast 64
"""

import argparse
import dataclasses
from pathlib import Path

from litedenoise_sdk.model.sidecar import Sidecar
from litedenoise_sdk.options import Quality

COMMAND = "python -m benchmarks.tiling PHOTO... --precisions {precision} --measure-halo"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sidecars", nargs="+", type=Path, metavar="SIDECAR")
    parser.add_argument("--balanced", type=int, required=True, help="pixels")
    parser.add_argument("--fast", type=int, required=True, help="pixels")
    arguments = parser.parse_args()
    for path in arguments.sidecars:
        sidecar = Sidecar.load(path)
        halo_px: dict[Quality, int] = {
            "exact": sidecar.halo_px["exact"],
            "balanced": arguments.balanced,
            "fast": arguments.fast,
        }
        command = COMMAND.format(precision=sidecar.precision)
        dataclasses.replace(sidecar, halo_px=halo_px, halo_command=command).save(path)


if __name__ == "__main__":
    main()

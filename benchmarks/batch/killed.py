"""A batch that is killed again and again must leave what an undisturbed one leaves.

    python -m benchmarks.batch.killed
    python -m benchmarks.batch.killed --photos 50 --kills 3 --seed 7

Kills ``litedenoise batch`` with SIGKILL at random moments: after a random number of photos and up
to a tenth of a second more. A last run goes to its end, and all files of both folders are compared.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.batch.album import contents, make_album
from benchmarks.common.arguments import benchmark_parser
from benchmarks.common.table import markdown
from benchmarks.record import results
from litedenoise_sdk.cli.arguments import block_size
from litedenoise_sdk.geometry import Size

_LONGEST_PAUSE_S = 0.1


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    moments = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as place:
        album = Path(place, "in")
        make_album(album, arguments.photos, arguments.size)
        run_batch(album, Path(place, "undisturbed"))
        disturbed = Path(place, "disturbed")
        told = []
        for _ in range(arguments.kills):
            photos = moments.randint(0, 2 * arguments.photos // (arguments.kills + 1) - 1)
            told.append(kill_batch(album, disturbed, photos, moments.uniform(0, _LONGEST_PAUSE_S)))
            print(f"killed after {told[-1]} photos", file=sys.stderr, flush=True)
        run_batch(album, disturbed)
        expected, found = contents(Path(place, "undisturbed")), contents(disturbed)
        records = manifest_of(disturbed)
    equal = sum(found.get(name) == data for name, data in expected.items())
    summary = {
        "photos": arguments.photos,
        "done before each kill": told,
        "files equal": equal,
        "files that should not be there": len(found.keys() - expected.keys()),
        "photos recorded as done": len({one["name"] for one in records if one["status"] == "done"}),
        "photos recorded twice": len(records) - len({one["name"] for one in records}),
    }
    print(markdown(["", "value"], [[name, str(value)] for name, value in summary.items()]))
    if arguments.json:
        chosen = {**vars(arguments), "size": str(arguments.size)}
        results.save(arguments.json, "batch_killed", chosen, summary)
    print(f"Files equal to an undisturbed run's: {equal} of {arguments.photos}")
    return int(found != expected or len(expected) != arguments.photos)


def run_batch(album: Path, out: Path) -> None:
    """To its end. Raises CalledProcessError."""
    subprocess.run([*_command(album, out), "--quiet"], check=True)


def kill_batch(album: Path, out: Path, photos: int, pause_s: float = 0.0) -> int:
    """Starts a batch, kills it when it has told of so many photos, and says of how many it told.

    Args:
        photos: fewer, if the batch ends before.
        pause_s: how long it may go on after that.
    """
    told = 0
    with subprocess.Popen(_command(album, out), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while told < photos and " (" in process.stdout.readline():
            told += 1
        time.sleep(pause_s)
        process.kill()
        return told + sum(" (" in line for line in process.stdout)


def manifest_of(out: Path) -> list[dict[str, Any]]:
    """The records of the photos that a batch finished, in order."""
    lines = out.with_name(f"{out.name}.batch.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    return [record for record in records if record["status"] != "started"]


def _command(album: Path, out: Path) -> list[str]:
    command = [sys.executable, "-m", "litedenoise_sdk.cli.main", "batch", str(album), str(out)]
    return [*command, "--precision", "int8"]


def _parser() -> argparse.ArgumentParser:
    parser = benchmark_parser("batch.killed", __doc__)
    add = parser.add_argument
    add("--photos", type=int, default=500, metavar="N")
    add("--kills", type=int, default=10, metavar="N")
    add("--size", type=block_size, default=Size(64, 96), metavar="HxW", help="(64x96)")
    add("--seed", type=int, default=0, help="of the moments (0)")
    return parser


if __name__ == "__main__":
    sys.exit(main())

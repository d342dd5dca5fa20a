"""A pair to judge on if none is given: the sample, reduced, through the project's own camera."""

import subprocess
import sys
from pathlib import Path

from PIL import Image

from benchmarks.host.sampler import CaseFailed

_ROOT = Path(__file__).parents[2]
_LEVEL = "iso-3200"
_REDUCED = 4
_SIDE_PX = 256


def synthetic_pair(folder: Path, photo: Path = _ROOT / "samples" / "noisy.jpg") -> Path:
    """Makes a pair of 256x256 in ``folder``; returns the folder to hand to ``pairs_in``.

    Reduced four times, the sample's own noise is averaged away: the result is the clean picture.
    Its noise is then that of ``benchmarks.cameras.synthetic`` at the middle of its levels.

    Raises:
        CaseFailed: the camera is not available, as packages for training are missing.
    """
    clean = folder / "clean"
    clean.mkdir()
    with Image.open(photo) as image:
        reduced = image.convert("RGB").reduce(_REDUCED)
    left, top = ((side - _SIDE_PX) // 2 for side in reduced.size)
    reduced.crop((left, top, left + _SIDE_PX, top + _SIDE_PX)).save(clean / "sample.png")
    # In a process of its own, as TensorFlow's threads and memory would stay.
    options = ["--clean", str(clean), "--output", str(folder), "--sets", _LEVEL]
    command = [sys.executable, "-m", "benchmarks.cameras.synthetic", *options]
    made = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    if made.returncode:
        reason = (made.stderr.strip().splitlines() or ["it wrote nothing"])[-1]
        raise CaseFailed(f"no synthetic pair could be made: {reason}; give --pairs FOLDER")
    return folder / _LEVEL

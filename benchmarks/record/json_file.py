"""How both kinds of results become a file."""

import json
from collections.abc import Mapping
from pathlib import Path

from litedenoise_sdk.whole_file import whole_file


def write_json(path: Path, record: Mapping[str, object]) -> None:
    """Writes the record, in a folder that is made if there is none; a file there is replaced.

    Raises:
        ValueError: NaN or infinity, which JSON cannot hold.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path, overwrite=True) as file:
        file.write(json.dumps(record, indent=1, allow_nan=False).encode() + b"\n")

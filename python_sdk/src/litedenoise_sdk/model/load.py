"""Opens a model file together with its sidecar and makes sure that they belong together."""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from litedenoise_sdk.errors import ModelError, SidecarMismatch
from litedenoise_sdk.model.describe import facts
from litedenoise_sdk.model.flatbuffer import read_graph
from litedenoise_sdk.model.graph import Graph
from litedenoise_sdk.model.guard import guarded_model
from litedenoise_sdk.model.sidecar import Sidecar
from litedenoise_sdk.options import Precision

RELEASED_NAME = "litedenoisenet"

_MOST_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model file that was read whole and fits its sidecar.

    Attributes:
        content: the bytes of the .tflite file.
        sidecar: what the .json beside it says.
        graph: the network as the file itself has it.
    """

    content: bytes = field(repr=False)
    sidecar: Sidecar
    graph: Graph = field(repr=False)


def load_released(precision: Precision) -> LoadedModel:
    """Opens the model of this number format that the package carries.

    Raises:
        ModelError: the installation is damaged.
    """
    # Imported late, because it is slow and a caller's own model does without.
    from importlib import resources

    folder = resources.files("litedenoise_sdk") / "released"
    with resources.as_file(folder / f"{RELEASED_NAME}-{precision}.tflite") as path:
        content = read_model_bytes(path)
    with resources.as_file(folder / f"{RELEASED_NAME}-{precision}.json") as path:
        sidecar = Sidecar.load(path)
    return join(content, sidecar)


def shipped_precisions() -> tuple[Precision, ...]:
    """The number formats whose models the package carries."""
    from importlib import resources

    folder = resources.files("litedenoise_sdk") / "released"
    return tuple(
        precision
        for precision in get_args(Precision)
        if (folder / f"{RELEASED_NAME}-{precision}.tflite").is_file()
    )


def released_checksums() -> frozenset[str]:
    """SHA-256 of every model that the package carries, as their sidecars say."""
    from importlib import resources

    folder = resources.files("litedenoise_sdk") / "released"
    sidecars = (entry for entry in folder.iterdir() if entry.name.endswith(".json"))
    return frozenset(Sidecar.from_json(entry.read_text()).sha256 for entry in sidecars)


def load_model(path: str | os.PathLike[str]) -> LoadedModel:
    """Opens the .tflite file at ``path`` with the .json of the same name beside it.

    Raises:
        ModelError: there is no such file.
        CorruptModel: it is empty, truncated, or not a network of this family.
        SidecarMismatch: the sidecar is missing or broken, or describes another file.
    """
    content = read_model_bytes(Path(path))
    # The model first: where both are wrong, the damaged download is the better news.
    graph = read_graph(content)
    return _matched(content, Sidecar.load(Path(path).with_suffix(".json")), graph)


def join(content: bytes, sidecar: Sidecar) -> LoadedModel:
    """Puts a model file's bytes and its sidecar together.

    Raises:
        CorruptModel: ``content`` is not a network of this family.
        SidecarMismatch: ``sidecar`` describes another file.
    """
    return _matched(content, sidecar, read_graph(content))


def _matched(content: bytes, sidecar: Sidecar, graph: Graph) -> LoadedModel:
    with guarded_model():
        told_by_file = facts(content, graph)
    for key, found in told_by_file.items():
        told = getattr(sidecar, key)
        if told != found:
            raise SidecarMismatch(
                f"sidecar {sidecar.name}.json describes another file: its {key} is {told}, the "
                f"model's is {found}; take .tflite and .json from the same release"
            )
    return LoadedModel(content, sidecar, graph)


def read_model_bytes(path: Path) -> bytes:
    """The bytes of a regular file of at most 1 GB; pipes and devices never end.

    Raises:
        ModelError: it cannot be read, or is not such a file.
    """
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise ModelError(f"cannot read the model {path}: it is a folder")
        if not stat.S_ISREG(found.st_mode) or found.st_size > _MOST_BYTES:
            raise ModelError(f"cannot read the model {path}: expected a file of at most 1 GB")
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        raise ModelError(
            f"cannot read the model {path}: {getattr(error, 'strerror', None) or error}"
        ) from error

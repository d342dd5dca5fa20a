"""Which files a ``denoise`` command reads and writes."""

import glob
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from litedenoise_sdk.errors import OptionsError

_PATTERN = "*?["


@dataclass(frozen=True, slots=True)
class PhotoPaths:
    """Where one photo is read and its result goes.

    Attributes:
        source: the photo.
        target: where the result goes; None where there is a problem.
        problem: why it cannot even be tried, or None.
    """

    source: Path
    target: Path | None
    problem: str | None = None


def find_photos(
    photos: Sequence[str],
    output: str,
    name_suffix: str,
    kind_passed_over: Callable[[str], str | None],
    result_suffixes: Mapping[str, str] = MappingProxyType({}),
) -> tuple[list[PhotoPaths], Counter[str]]:
    """Expands files, folders and patterns, and names the output of each.

    Args:
        photos: file names, folders (their pictures, subfolders left out) and patterns with ``*``,
            ``?``, ``[...]`` and ``**`` for shells that do not expand them.
        output: a file for a single photo; a folder for several, or where it exists or ends in a
            slash. Missing output folders are made when the first result is written.
        name_suffix: goes between the name and the ending of files in an output folder.
        kind_passed_over: for the name of a file in a folder, its kind if it is no picture.
        result_suffixes: by such an ending that of the result, where it is another one.

    Returns:
        Each photo once, in the order of the arguments; one that cannot be found, or whose output
        name another photo already took, has a problem. And what the folders hold beside pictures,
        counted by kind.

    Raises:
        OptionsError: several photos and one output file, an empty name, or a suffix that is a path.
    """
    if not (output and all(photos)):  # of a variable that was not set; not the working folder
        raise OptionsError("expected the names of photos and of an output; got an empty one")
    if {"/", os.sep} & set(name_suffix):
        raise OptionsError(f"--suffix is a part of names; got {name_suffix}")
    passed_over: Counter[str] = Counter()
    found = list(dict.fromkeys(_expand(photos, kind_passed_over, passed_over)))
    several = len(found) > 1 or any(Path(photo).is_dir() for photo in photos)
    folder = Path(output)
    ends_in_slash = output.endswith(("/", os.sep))
    if not (several or ends_in_slash or folder.is_dir()):
        return [_paths(source, folder, problem) for source, problem in found], passed_over
    names_file = not ends_in_slash and kind_passed_over(folder.name) is None
    if folder.exists() and not folder.is_dir():
        raise OptionsError(
            f"several photos need an output folder, but {output} is a file; name a folder with -o"
        )
    if several and names_file and not folder.exists():
        raise OptionsError(
            f"several photos need an output folder, but {output} is the name of a picture; name a "
            f"folder with -o, or {output}/ for a folder of that name"
        )
    photos_found: list[PhotoPaths] = []
    taken: dict[Path, Path] = {}
    for source, problem in found:
        if problem is None and _is_own_output(source, folder, name_suffix):
            continue
        ending = result_suffixes.get(source.suffix.lower(), source.suffix)
        target = folder / f"{source.stem}{name_suffix}{ending}"
        if problem is None and target in taken:
            problem = f"its output {target} is already that of {taken[target]}"
        elif problem is None:
            taken[target] = source
        photos_found.append(_paths(source, target, problem))
    return photos_found, passed_over


def _paths(source: Path, target: Path, problem: str | None) -> PhotoPaths:
    return PhotoPaths(source, None if problem else target, problem)


def _expand(
    photos: Sequence[str],
    kind_passed_over: Callable[[str], str | None],
    passed_over: Counter[str],
) -> list[tuple[Path, str | None]]:
    found: list[tuple[Path, str | None]] = []
    for photo in photos:
        try:
            found += _expand_one(photo, kind_passed_over, passed_over)
        except OSError as error:
            found.append((Path(photo), f"it cannot be looked at: {error.strerror}"))
    return found


def _expand_one(
    photo: str, kind_passed_over: Callable[[str], str | None], passed_over: Counter[str]
) -> list[tuple[Path, str | None]]:
    path = Path(photo)
    if path.is_dir():
        return _inside(path, kind_passed_over, passed_over)
    if path.exists():
        return [(path, None)]
    if not any(character in photo for character in _PATTERN):
        return [(path, "no such file")]
    matches = [Path(name) for name in sorted(glob.glob(photo, recursive=True))]
    files: list[tuple[Path, str | None]] = [(match, None) for match in matches if match.is_file()]
    return files or [(path, "no file matches this pattern")]


def _inside(
    folder: Path, kind_passed_over: Callable[[str], str | None], passed_over: Counter[str]
) -> list[tuple[Path, str | None]]:
    try:
        children = sorted(folder.iterdir())
    except OSError as error:
        return [(folder, f"this folder cannot be listed: {error.strerror}")]
    pictures = []
    for child in children:
        if child.name.startswith(".") or not child.is_file():
            continue
        kind = kind_passed_over(child.name)
        if kind is None:
            pictures.append(child)
        else:
            passed_over[kind] += 1
    if not pictures:
        return [(folder, "no pictures in this folder")]
    return [(picture, None) for picture in pictures]


def _is_own_output(source: Path, folder: Path, name_suffix: str) -> bool:
    """Whether a photo is what an earlier run wrote beside its input."""
    return (
        bool(name_suffix)
        and source.stem.endswith(name_suffix)
        and source.parent.resolve() == folder.resolve()
    )

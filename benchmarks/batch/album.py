"""Folders of synthetic photos for the batch."""

from pathlib import Path

from benchmarks.common.photo import synthetic_photo
from litedenoise_sdk.geometry import Size


def make_album(folder: Path, photos: int, size: Size) -> None:
    """Fills a new folder with JPEG files of one size and different content."""
    from PIL import Image

    folder.mkdir(parents=True)
    for number in range(photos):
        picture = Image.fromarray(synthetic_photo(size.height, size.width, number))
        picture.save(folder / f"{number:04}.jpg", quality=92)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones included, by its relative name."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

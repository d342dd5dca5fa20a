"""The three steps of one photo, which a run may overlap: load, denoise, finish."""

import hashlib
import io
import time
from dataclasses import dataclass, replace

from litedenoise_sdk.batch.folders import Folder
from litedenoise_sdk.batch.manifest import Record
from litedenoise_sdk.batch.recipe import Recipe
from litedenoise_sdk.denoiser import Denoiser
from litedenoise_sdk.errors import ImageError, LiteDenoiseError, OptionsError
from litedenoise_sdk.imageio import Photo, decode, format_of
from litedenoise_sdk.imageio.encode import write


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A photo that has to be denoised."""

    name: str
    photo: Photo
    source_sha256: str
    decode_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Denoised:
    """A photo that has to be written: ``loaded`` holds its denoised pixels by now."""

    loaded: Loaded
    inference_s: float


class Steps:
    """Photos from one folder into another by one recipe. Never raises for a photo's sake."""

    def __init__(self, source: Folder, target: Folder, recipe: Recipe) -> None:
        self._source = source
        self._target = target
        self._recipe = recipe
        self.key = recipe.key

    def is_unchanged(self, previous: Record | None, source_sha256: str) -> bool:
        """Whether an earlier run left exactly what this one would make."""
        return (
            previous is not None
            and previous.status == "done"
            and previous.recipe == self.key
            and previous.source_sha256 == source_sha256
            and self._has(previous)
        )

    def is_done(self, name: str, previous: Record | None) -> bool:
        """Whether nothing is to be done for a photo. Reads it only if a record says that it was."""
        try:
            return previous is not None and self.is_unchanged(
                previous, _sha256(self._source.read(name))
            )
        except OSError:
            return False

    def load(self, name: str, previous: Record | None) -> Loaded | Record | None:
        """Reads and decodes a photo.

        Returns:
            The photo; a record, if it failed; None, if nothing is to be done.
        """
        source_sha256 = None
        try:
            data = self._source.read(name)
            source_sha256 = _sha256(data)
            if self.is_unchanged(previous, source_sha256):
                return None
            started = time.perf_counter()
            photo = decode(data, max_pixels=self._recipe.max_pixels)
        except (LiteDenoiseError, OSError, MemoryError) as error:
            return self._failed(name, error, source_sha256)
        return Loaded(name, photo, source_sha256, time.perf_counter() - started)

    def denoise(self, loaded: Loaded, denoiser: Denoiser) -> Denoised | Record:
        """Runs the network. Raises ModelError and DelegateError: no photo would fare better."""
        started = time.perf_counter()
        try:
            pixels = denoiser.denoise(loaded.photo.pixels, self._recipe.strength)
        except (ImageError, OptionsError, MemoryError) as error:
            return self._failed(loaded.name, error, loaded.source_sha256)
        inference_s = time.perf_counter() - started
        return Denoised(replace(loaded, photo=loaded.photo.with_pixels(pixels)), inference_s)

    def finish(self, denoised: Denoised) -> Record:
        """Encodes and writes the result."""
        loaded = denoised.loaded
        started = time.perf_counter()
        file = io.BytesIO()
        try:
            notes = write(loaded.photo, file, format_of(loaded.name))
            data = file.getvalue()
            self._target.write(loaded.name, data)
        except (LiteDenoiseError, OSError, MemoryError) as error:
            return self._failed(loaded.name, error, loaded.source_sha256)
        return Record(
            name=loaded.name,
            status="done",
            recipe=self.key,
            source_sha256=loaded.source_sha256,
            target_sha256=_sha256(data),
            width=loaded.photo.size.width,
            height=loaded.photo.size.height,
            decode_s=round(loaded.decode_s, 4),
            inference_s=round(denoised.inference_s, 4),
            encode_s=round(time.perf_counter() - started, 4),
            notes=(*loaded.photo.notes, *notes),
        )

    def all(self, name: str, previous: Record | None, denoiser: Denoiser) -> Record | None:
        """The three in a row; None if nothing was to be done."""
        loaded = self.load(name, previous)
        if not isinstance(loaded, Loaded):
            return loaded
        denoised = self.denoise(loaded, denoiser)
        del loaded  # encoding needs the room
        return denoised if isinstance(denoised, Record) else self.finish(denoised)

    def _has(self, previous: Record) -> bool:
        try:
            return _sha256(self._target.read(previous.name)) == previous.target_sha256
        except OSError:
            return False

    def _failed(self, name: str, error: BaseException, source_sha256: str | None) -> Record:
        reason = str(error) or "not enough memory on this machine for the photo and its result"
        return Record(
            name=name,
            status="failed",
            recipe=self.key,
            source_sha256=source_sha256,
            reason=reason,
        )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

"""The three steps of one photo, which a run may overlap: load, denoise, finish."""

import errno
import hashlib
import io
import time
from contextlib import suppress
from dataclasses import dataclass, replace

from litedenoise_sdk.batch.folders import Folder
from litedenoise_sdk.batch.manifest import Record
from litedenoise_sdk.batch.recipe import Recipe
from litedenoise_sdk.denoiser import Denoiser
from litedenoise_sdk.errors import ImageError, LiteDenoiseError, OptionsError, OutputError, in_words
from litedenoise_sdk.imageio import Photo, decode, format_of
from litedenoise_sdk.imageio.encode import write
from litedenoise_sdk.imageio.sniff import result_name
from litedenoise_sdk.runtime.protocol import RunReport, failures


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A photo that has to be denoised.

    Attributes:
        name, photo, source_sha256, decode_s: as in its record.
        replaces: hash of the file of its name in the target folder that may be replaced.
    """

    name: str
    photo: Photo
    source_sha256: str
    decode_s: float
    replaces: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Denoised:
    """A photo that has to be written: ``loaded`` holds its denoised pixels by now."""

    loaded: Loaded
    inference_s: float
    report: RunReport | None


class Steps:
    """Photos from one folder into another by one recipe. Never raises for a photo's sake.

    Args:
        source: where the photos are.
        target: where the results go.
        recipe: what is done to them.
        overwrite: replace files in ``target`` that this batch did not write; without it they are
            kept, and the photo fails.

    Attributes:
        is_full: ``target`` had no room for a result.
    """

    def __init__(
        self, source: Folder, target: Folder, recipe: Recipe, *, overwrite: bool = False
    ) -> None:
        self._source = source
        self._target = target
        self._recipe = recipe
        self._overwrite = overwrite
        self.key = recipe.key
        self.is_full = False

    def is_done(self, name: str, previous: Record | None) -> bool:
        """Whether nothing is to be done for a photo. Reads it only if a record says that it was."""
        try:
            return previous is not None and self._is_unchanged(
                previous, _sha256(self._source.read(name)), self._present(name)
            )
        except OSError:
            return False

    def load(self, name: str, previous: Record | None, *, in_doubt: bool) -> Loaded | Record | None:
        """Reads and decodes a photo.

        Args:
            name: of the photo.
            previous: what is known of it.
            in_doubt: a file in its place that ``previous`` does not know may still be this
                batch's: it counts as such if it is what comes out.

        Returns:
            The photo; a record, if it failed; None, if nothing is to be done.
        """
        source_sha256 = None
        written = previous.target_sha256 if previous else None
        try:
            data = self._source.read(name)
            source_sha256 = _sha256(data)
            present = self._present(name)
            if self._is_unchanged(previous, source_sha256, present):
                return None
            if not (present in (None, written) or in_doubt or self._overwrite):
                raise _not_ours(name)
            started = time.perf_counter()
            photo = decode(
                data,
                max_pixels=self._recipe.max_pixels,
                strict=self._recipe.strict,
                first_frame=self._recipe.first_frame,
            )
        except (LiteDenoiseError, OSError, MemoryError) as error:
            return self._failed(name, error, source_sha256, written)
        return Loaded(name, photo, source_sha256, time.perf_counter() - started, written)

    def denoise(self, loaded: Loaded, denoiser: Denoiser) -> Denoised | Record:
        """Runs the network. Raises ModelError and DelegateError: no photo would fare better."""
        started = time.perf_counter()
        try:
            pixels = denoiser.denoise(loaded.photo.pixels, self._recipe.strength)
        except (ImageError, OptionsError, MemoryError) as error:
            return self._failed(loaded.name, error, loaded.source_sha256, loaded.replaces)
        inference_s = time.perf_counter() - started
        photo = loaded.photo.with_pixels(pixels)
        return Denoised(replace(loaded, photo=photo), inference_s, denoiser.report)

    def finish(self, denoised: Denoised) -> Record:
        """Encodes and writes the result."""
        loaded = denoised.loaded
        started = time.perf_counter()
        file = io.BytesIO()
        target_sha256 = None
        try:
            name = result_name(loaded.name)
            notes = write(loaded.photo, file, format_of(name))
            data = file.getvalue()
            target_sha256 = _sha256(data)
            present = self._present(loaded.name)
            if not (present in (None, loaded.replaces, target_sha256) or self._overwrite):
                raise _not_ours(loaded.name)
            date = self._source.modified_ns(loaded.name) if self._recipe.keep_dates else None
            self._target.write(name, data, date)
        except (LiteDenoiseError, OSError, MemoryError) as error:
            self.is_full |= getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
            left = self._left(loaded, target_sha256)
            return self._failed(loaded.name, error, loaded.source_sha256, left)
        return Record(
            name=loaded.name,
            status="done",
            recipe=self.key,
            source_sha256=loaded.source_sha256,
            target_sha256=target_sha256,
            width=loaded.photo.size.width,
            height=loaded.photo.size.height,
            decode_s=round(loaded.decode_s, 4),
            inference_s=round(denoised.inference_s, 4),
            encode_s=round(time.perf_counter() - started, 4),
            processor=denoised.report.actual if denoised.report else None,
            notes=(*loaded.photo.notes, *notes, *failures(denoised.report)),
        )

    def all(self, name: str, previous: Record | None, denoiser: Denoiser) -> Record | None:
        """The three in a row; None if nothing was to be done.

        Nobody notes beforehand that the photo is in work, so that files in its place are in doubt.
        """
        loaded = self.load(name, previous, in_doubt=True)
        if not isinstance(loaded, Loaded):
            return loaded
        denoised = self.denoise(loaded, denoiser)
        del loaded  # encoding needs the room
        return denoised if isinstance(denoised, Record) else self.finish(denoised)

    def _is_unchanged(
        self, previous: Record | None, source_sha256: str, present: str | None
    ) -> bool:
        """Whether an earlier run left exactly what this one would make."""
        return (
            previous is not None
            and previous.status == "done"
            and previous.recipe == self.key
            and previous.source_sha256 == source_sha256
            and present is not None
            and previous.target_sha256 == present
        )

    def _left(self, loaded: Loaded, target_sha256: str | None) -> str | None:
        """Hash of this batch's own file after an error, which may have come when it was written."""
        with suppress(OSError):
            if target_sha256 is not None and self._present(loaded.name) == target_sha256:
                return target_sha256
        return loaded.replaces

    def _present(self, name: str) -> str | None:
        """Hash of the file that has a photo's name in the target folder; None if there is none."""
        try:
            return _sha256(self._target.read(result_name(name)))
        except FileNotFoundError:
            return None

    def _failed(
        self,
        name: str,
        error: Exception,
        source_sha256: str | None,
        written: str | None = None,
    ) -> Record:
        return Record(
            name=name,
            status="failed",
            recipe=self.key,
            source_sha256=source_sha256,
            target_sha256=written,
            reason=in_words(error),
        )


def _not_ours(name: str) -> OutputError:
    return OutputError(
        f"OUT holds another {result_name(name)}, which this batch did not write or which was "
        "changed since; it was kept. Move it away, or replace it with --overwrite"
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

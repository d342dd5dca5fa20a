"""Random crops of clean photographs, held in memory and cut on the host."""

from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np
from keras import KerasTensor as Tensor
from numpy.typing import NDArray
from PIL import Image

from models.training.patterns import with_pattern
from models.training.textures import with_texture

ENLARGED_SHARE = 0.8
ENLARGEMENT = (1.2, 7.0)
"""The share of crops that are enlarged, and by how much, drawn evenly in its logarithm."""
TEXTURED_SHARE = 0.5
"""The share of crops that get a texture, see ``models.training.textures``."""
PATTERNED_SHARE = 0.16
SHARP_PATTERNED_SHARE = 0.4
"""The share of crops that get a pattern, see ``models.training.patterns``, and that of crops that
no camera takes: only those show patterns as fine as pixels without noise."""
HEAVY_NOISE_STD = (0.08, 0.2)
"""Of the noise that ranges of activations have to hold, of a range of 1, lowest and highest."""
CAMERA_BATCH = 12
"""Crops that go through the camera together: a ``SyntheticCamera`` takes some of each kind."""
PHOTO_SUFFIXES = {".webp", ".png", ".jpg", ".jpeg", ".tif", ".tiff"}


def load_photos(folders: Sequence[Path], min_side: int) -> list[NDArray[np.uint8]]:
    """All photographs below the folders as (H, W, 3) uint8, those with a side under ``min_side``
    left out.

    Raises:
        FileNotFoundError: no usable photograph was found.
    """
    paths = sorted(
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix.lower() in PHOTO_SUFFIXES
    )
    photos = []
    for path in paths:
        with Image.open(path) as image:
            if min(image.size) >= min_side:
                photos.append(np.asarray(image.convert("RGB")))
    if not photos:
        raise FileNotFoundError(
            f"no photographs of at least {min_side} pixels a side in "
            f"{', '.join(map(str, folders))}; give folders of clean pictures with --clean"
        )
    return photos


def noisy_crops(
    photos: Sequence[NDArray[np.uint8]],
    camera: Callable[[NDArray[np.float32]], tuple[Tensor, Tensor]],
    *,
    size: int,
    count: int,
    seed: int,
) -> list[NDArray[np.float32]]:
    """What a ``SyntheticCamera`` makes of random crops: (1, size, size, 3) float32 in [0, 1]."""
    batches = -(-count // CAMERA_BATCH)
    crops = RandomCrops(photos, size=size, batch_size=CAMERA_BATCH, batches=batches, seed=seed)
    scenes = (crops[index][0].astype(np.float32) / 255.0 for index in range(batches))
    noisy = np.concatenate([np.asarray(camera(scene)[0], np.float32) for scene in scenes])
    chosen = np.random.default_rng(seed).permutation(len(noisy))[:count]
    return [noisy[index : index + 1] for index in chosen]


def with_heavy_noise(
    pictures: Sequence[NDArray[np.float32]], seed: int
) -> list[NDArray[np.float32]]:
    """The same with as much white noise as there may be: ranges have to hold that, too."""
    rng = np.random.default_rng(seed)
    stds = np.linspace(*HEAVY_NOISE_STD, len(pictures))
    heavy = [
        picture + rng.normal(0, std, picture.shape)
        for picture, std in zip(pictures, stds, strict=True)
    ]
    return [np.clip(picture, 0, 1).astype(np.float32) for picture in heavy]


class RandomCrops(keras.utils.PyDataset):
    """Batches (N, size, size, 3) uint8; crop, flips and transposition are random.

    A photograph is drawn with the square root of its area as weight, so that large ones are seen
    more often without drowning the small ones. The last ``sharp`` crops of a batch are never
    enlarged: no camera takes them, so nothing else would be sharp to the pixel. Batch ``k`` is the
    same in every run of one seed, whatever the number of processes that cut.
    """

    def __init__(
        self,
        photos: Sequence[NDArray[np.uint8]],
        *,
        size: int,
        batch_size: int,
        batches: int,
        first_batch: int = 0,
        seed: int = 0,
        processes: int = 1,
        sharp: int = 0,
    ):
        super().__init__(
            workers=processes, use_multiprocessing=processes > 1, max_queue_size=2 * processes
        )
        self._photos = photos
        self._size = size
        self._batch_size = batch_size
        self._batches = batches
        self._first_batch = first_batch
        self._seed = seed
        self._sharp = sharp
        weights = np.sqrt([photo.shape[0] * photo.shape[1] for photo in photos])
        self._weights = weights / weights.sum()

    def __len__(self) -> int:
        return self._batches

    def on_epoch_end(self) -> None:
        self._first_batch += self._batches

    def __getitem__(self, index: int) -> tuple[NDArray[np.uint8]]:
        rng = np.random.default_rng((self._seed, self._first_batch + index))
        chosen = rng.choice(len(self._photos), self._batch_size, p=self._weights)
        first_sharp = self._batch_size - self._sharp
        crops = [
            self._crop(self._photos[photo], place >= first_sharp, rng)
            for place, photo in enumerate(chosen)
        ]
        return (np.stack(crops),)

    def _crop(
        self, photo: NDArray[np.uint8], sharp: bool, rng: np.random.Generator
    ) -> NDArray[np.uint8]:
        crop = self._cut(photo, sharp, rng)
        if rng.random() < 0.5:
            crop = crop[:, ::-1]
        if rng.random() < 0.5:
            crop = crop[::-1]
        if rng.random() < 0.5:
            crop = crop.transpose(1, 0, 2)
        return crop

    def _cut(
        self, photo: NDArray[np.uint8], sharp: bool, rng: np.random.Generator
    ) -> NDArray[np.uint8]:
        """(size, size, 3) out of the photograph, resized, with a pattern or texture at random."""
        crop = random_square(photo, self._span(min(photo.shape[:2]), sharp, rng), rng)
        if len(crop) != self._size:
            resized = Image.fromarray(crop).resize(
                (self._size, self._size), Image.Resampling.BICUBIC
            )
            crop = np.asarray(resized)
        if rng.random() < (SHARP_PATTERNED_SHARE if sharp else PATTERNED_SHARE):
            return with_pattern(crop, rng)
        if rng.random() < TEXTURED_SHARE:
            return with_texture(crop, rng)
        return crop

    def _span(self, shorter_side: int, sharp: bool, rng: np.random.Generator) -> int:
        """Side of the square that becomes one crop.

        Most crops are enlarged, because photographs made smaller, as data sets have them, show
        more fine texture than a camera's full resolution does: around a quarter of the sampling
        frequency their power is ten times that of photographs of dim rooms. Some of the large
        ones are reduced: sharper pixels, less of their own noise.
        """
        if not sharp and rng.random() < ENLARGED_SHARE:
            low, high = np.log(ENLARGEMENT)
            return round(self._size / float(np.exp(rng.uniform(low, high))))
        if shorter_side >= 2 * self._size and rng.random() < 0.5:
            return 2 * self._size
        return self._size


def random_square(
    photo: NDArray[np.uint8], side: int, rng: np.random.Generator
) -> NDArray[np.uint8]:
    height, width, _ = photo.shape
    top = rng.integers(height - side + 1)
    left = rng.integers(width - side + 1)
    return photo[top : top + side, left : left + side]

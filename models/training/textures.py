"""Fine colourless textures for clean crops: felt, leather, plaster, grass from afar.

Few photographs show them at full resolution, and their brightness looks like noise; a network that
has not seen them takes them for noise.
"""

import numpy as np
from numpy.typing import NDArray

FREQUENCY = (0.06, 0.35)
"""Cycles per pixel of the strongest waves, drawn evenly in the logarithm."""
CONTRAST = (0.015, 0.15)
"""Standard deviation relative to the brightness, drawn evenly in the logarithm."""
FALL = (0.3, 1.5)
"""The power of the frequency that broad textures fall with, such as leather's and felt's."""
STRETCH = (1.0, 3.0)
"""The length of the grains over their width."""


def with_texture(crop: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """A crop (H, W, 3) with a texture on parts of it, which changes brightness alone."""
    shape = crop.shape[:2]
    texture = _draw_evenly_in_logarithm(CONTRAST, rng) * _grain(shape, rng)
    factor = 1.0 + texture * patches(shape, rng)
    return np.clip(crop * factor[..., None] + 0.5, 0, 255).astype(np.uint8)


def _grain(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float64]:
    """Waves of all phases, of one band or of all frequencies, mean 0 and standard deviation 1."""
    down, across = _frequencies(shape)
    angle = rng.uniform(0, np.pi)
    along = (np.cos(angle) * across + np.sin(angle) * down) * rng.uniform(*STRETCH)
    frequency = np.hypot(along, np.cos(angle) * down - np.sin(angle) * across)
    strongest = _draw_evenly_in_logarithm(FREQUENCY, rng)
    if rng.random() < 0.5:
        width = strongest * rng.uniform(0.2, 0.8)
        response = np.exp(-0.5 * np.square((frequency - strongest) / width))
    else:
        response = np.maximum(frequency, strongest / 3) ** -rng.uniform(*FALL)
    grain = _filtered(response, shape, rng)
    # Some are pits or bumps rather than waves.
    grain = np.expm1(rng.uniform(-0.8, 0.8) * grain) + 0.3 * grain
    return np.asarray((grain - grain.mean()) / (grain.std() + 1e-6))


def patches(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float64]:
    """1 on a part of the crop, 0 elsewhere, with borders from sharp to soft."""
    frequency = np.hypot(*_frequencies(shape))
    field = _filtered(np.exp(-0.5 * np.square(frequency * rng.uniform(40, 120))), shape, rng)
    return np.asarray(1.0 / (1.0 + np.exp(-rng.uniform(3, 20) * (field + rng.uniform(-1, 1)))))


def _filtered(
    response: NDArray[np.float64], shape: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Filtered white noise, mean 0 and standard deviation 1."""
    waves = np.fft.rfft2(rng.normal(size=shape)) * response
    waves[0, 0] = 0.0
    noise = np.fft.irfft2(waves, shape)
    return np.asarray(noise / (noise.std() + 1e-12))


def _frequencies(shape: tuple[int, int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cycles per pixel, down (H, 1) and across (1, W/2 + 1)."""
    down, across = np.fft.fftfreq(shape[0]), np.fft.rfftfreq(shape[1])
    return down[:, None].astype(np.float64), across[None].astype(np.float64)


def _draw_evenly_in_logarithm(bounds: tuple[float, float], rng: np.random.Generator) -> float:
    return float(np.exp(rng.uniform(*np.log(bounds))))

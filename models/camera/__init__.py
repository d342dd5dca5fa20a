"""A synthetic camera: clean photographs in, (noisy, clean) pairs as cameras render them out."""

from models.camera.camera import SyntheticCamera
from models.camera.settings import CameraSettings

__all__ = ["CameraSettings", "SyntheticCamera"]

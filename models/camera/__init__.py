"""Synthetic cameras: clean photographs in, (noisy, clean) pairs as cameras render them out."""

from models.camera.jpeg_camera import JpegCamera
from models.camera.phone_camera import PhoneCamera
from models.camera.settings import CameraShares, JpegSettings, PhoneSettings
from models.camera.synthetic_camera import SyntheticCamera

__all__ = [
    "CameraShares",
    "JpegCamera",
    "JpegSettings",
    "PhoneCamera",
    "PhoneSettings",
    "SyntheticCamera",
]

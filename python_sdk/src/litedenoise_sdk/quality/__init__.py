"""How close one photograph is to another: PSNR and SSIM, in numpy alone."""

from litedenoise_sdk.quality.psnr import psnr
from litedenoise_sdk.quality.ssim import ssim

__all__ = ["psnr", "ssim"]

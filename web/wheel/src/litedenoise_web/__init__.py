"""The files that a browser needs to denoise on the device, in ``device/``; no code in Python."""

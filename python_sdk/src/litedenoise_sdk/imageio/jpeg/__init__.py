"""JPEG files: their segments, what follows the picture, and the pixels through libjpeg."""

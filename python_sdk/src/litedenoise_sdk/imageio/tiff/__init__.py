"""TIFF files: strips and tiles of 8 and 16 bits and floating point, and the tags around them."""

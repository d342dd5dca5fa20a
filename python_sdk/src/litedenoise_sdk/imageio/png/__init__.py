"""PNG files: chunks, filters and 16-bit colour, of which Pillow knows only 8 bits."""

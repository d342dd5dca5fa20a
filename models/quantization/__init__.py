"""From float weights to int8 and int16x8: ranges, rescaled channels, rounding, files."""

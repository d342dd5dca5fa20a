"""Processors that take whole blocks with a halo: GPU, NPU, and delegates in a library."""

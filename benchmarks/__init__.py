"""Measurements of the SDK from outside: each module is a command, ``python -m benchmarks.NAME``."""

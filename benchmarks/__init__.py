"""Measurements of the SDK from outside: ``python -m benchmarks``, or ``benchmarks.NAME``."""

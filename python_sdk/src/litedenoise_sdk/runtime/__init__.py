"""Processors that run a model on blocks of pixels; the only place that imports LiteRT to run."""

"""What a network's layers compute in."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

import keras


def add_bfloat16(parser: argparse.ArgumentParser) -> None:
    """The option for mixed precision."""
    parser.add_argument(
        "--bfloat16",
        action="store_true",
        help="mixed precision: for GPUs, and CPUs with AVX512-BF16 or AMX",
    )


@contextmanager
def layers_compute_in(bfloat16: bool) -> Iterator[None]:
    """With ``bfloat16``, layers made in this context multiply in it; their weights stay in float32.

    Faster on GPUs and on CPUs with AVX512-BF16 or AMX, slower on others.
    """
    before = keras.config.dtype_policy()
    if bfloat16:
        keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)

"""Trains finished weights further with int8's rounding; run it again to resume.

    python -m models.quantize_aware --from runs/first --clean PHOTOS --run runs/first-int8
    python -m models.export --run runs/first --int8-run runs/first-int8 ...

Calibration alone leaves int8 a third of a decibel behind fp32, most of it from the rounding of the
stem, which carries the photo itself. Rescaling the channels to fill their ranges
(``quantization.equalization``) recovers half of that, and training with the rounding most of the
rest. The teacher is the same network in float: its output shows what rounding broke more clearly,
and more steadily, than the clean crop does. A second run that starts from the first (--init) moves
the ranges to those that suit its trained weights best, heavy noise included: ranges that are too
narrow for it leave coloured specks.

Where float weights were trained further, a released int8 file and the fp32 file that it was trained
from are the better start: what its training learned is carried over to the new weights
(``quantization.carry``), which is most of what there is to learn.

    python -m models.quantize_aware --from runs/next --carry INT8.tflite FP32.tflite ...

int16x8 loses only through the rounding of its kernels, and learns to make up for that
(--kernels-only).
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import keras

from models.camera import SyntheticCamera
from models.networks.student import build_litedenoisenet
from models.networks.weights import load_int8_weights, load_released_weights
from models.quantization.carry import carry_rounding
from models.quantization.equalization import equalize_channels, match_concatenated
from models.quantization.int8 import ranges_of
from models.quantization.int8_ranges import ActivationRanges, activation_ranges, ranged_layers
from models.quantization.quantized_network import quantized_network
from models.quantization.range_search import fitted_ranges
from models.training.checkpoints import AVERAGE_FILE, RANGES_FILE, STATE_FILE
from models.training.command import add_clean, begin, recipe_from, train, training_parser
from models.training.crops import load_photos, noisy_crops, with_heavy_noise
from models.training.distillation import DistillationTrainer
from models.training.precision import add_bfloat16, layers_compute_in
from models.training.progressive import TrainingRecipe, clean_crops

DEFAULTS = TrainingRecipe(
    steps=800,
    decay_steps=600,
    every=100,
    crops=(128,),
    batch=8,
    learning_rate=2e-4,
    warmup_steps=50,
    ema=0.99,
)
CALIBRATION_CROPS = 64
FITTING_CROPS = 32
HEAVY_CROPS = 6


def main(argv: Sequence[str] | None = None) -> None:
    arguments = begin(_parser(), argv)
    recipe = recipe_from(arguments, DEFAULTS)
    camera = SyntheticCamera(seed=recipe.seed)
    network = build_litedenoisenet(clamp=False)
    with layers_compute_in(bfloat16=arguments.bfloat16):
        teacher = build_litedenoisenet(clamp=False)
    network.load_weights(getattr(arguments, "from") / AVERAGE_FILE)
    teacher.set_weights(network.get_weights())
    ranges_file = arguments.run / RANGES_FILE
    if (arguments.run / STATE_FILE).exists():
        ranges = json.loads(ranges_file.read_text(encoding="utf-8"))
    else:
        ranges = _find_ranges(network, teacher, camera, arguments)
        arguments.run.mkdir(parents=True, exist_ok=True)
        ranges_file.write_text(json.dumps(ranges, indent=1), encoding="utf-8")
    train(
        DistillationTrainer(
            quantized_network(network, ranges, bfloat16_gradients=arguments.bfloat16),
            camera,
            teacher,
        ),
        network,
        recipe,
        clean_crops(arguments.clean, recipe),
        arguments.run,
        arguments,
        validated=quantized_network(network, ranges),
    )


def _find_ranges(
    network: keras.Model,
    teacher: keras.Model,
    camera: SyntheticCamera,
    arguments: argparse.Namespace,
) -> ActivationRanges:
    """Ranges to train with; sets the network to the weights that they were found for."""
    size = arguments.crops[0]
    noisy = noisy_crops(
        load_photos(arguments.clean, min_side=size),
        camera,
        size=size,
        count=FITTING_CROPS if arguments.init or arguments.carry else CALIBRATION_CROPS,
        seed=arguments.seed,
    )
    if arguments.init or arguments.carry:
        before = _start(network, arguments)
        pictures = noisy + with_heavy_noise(noisy[:HEAVY_CROPS], arguments.seed)
        return match_concatenated(network, fitted_ranges(network, teacher, before, pictures))
    equalize_channels(network, noisy)
    if arguments.kernels_only:
        return {}
    return match_concatenated(network, activation_ranges(network, noisy))


def _start(network: keras.Model, arguments: argparse.Namespace) -> ActivationRanges:
    """Sets the network to weights that know int8's rounding; the ranges they were trained with."""
    if arguments.init:
        network.load_weights(arguments.init / AVERAGE_FILE)
        ranges: ActivationRanges = json.loads((arguments.init / RANGES_FILE).read_text())
        return ranges
    int8_file, float_file = arguments.carry
    before, rounded = build_litedenoisenet(clamp=False), build_litedenoisenet(clamp=False)
    load_released_weights(before, float_file)
    load_int8_weights(rounded, int8_file)
    carry_rounding(network, before, rounded)
    return ranges_of(int8_file.read_bytes(), ranged_layers(network))


def _parser() -> argparse.ArgumentParser:
    parser = training_parser("quantize_aware", __doc__, DEFAULTS)
    add_clean(parser)
    add_bfloat16(parser)
    parser.add_argument("--from", type=Path, required=True, metavar="RUN", help="a finished run")
    start = parser.add_mutually_exclusive_group()
    start.add_argument(
        "--init", type=Path, metavar="RUN", help="a first run of this, whose ranges are moved"
    )
    start.add_argument(
        "--carry", type=Path, nargs=2, metavar=("INT8", "FP32"),
        help="a released int8 file, and the fp32 file that it was trained from",
    )  # fmt: skip
    start.add_argument(
        "--kernels-only", action="store_true", help="for int16x8: leave activations as they are"
    )
    return parser


if __name__ == "__main__":
    main()

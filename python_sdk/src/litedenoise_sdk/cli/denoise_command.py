"""``litedenoise denoise PHOTO... -o FILE_OR_DIR``."""

import argparse
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from litedenoise_sdk.cli.arguments import add_limits, add_reading, add_strength, strength_of
from litedenoise_sdk.cli.photo_paths import PhotoPaths, find_photos
from litedenoise_sdk.cli.plain import plain, print_json, printable
from litedenoise_sdk.cli.progress_bar import ProgressBar
from litedenoise_sdk.errors import LiteDenoiseError, OutputError, in_words
from litedenoise_sdk.options import Delegate, Policy, Precision, Strength
from litedenoise_sdk.whole_file import tidy

if TYPE_CHECKING:
    from litedenoise_sdk.denoiser import Denoiser
    from litedenoise_sdk.plan_and_report import FileReport
    from litedenoise_sdk.progress import Progress


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "denoise",
        help="denoise photos",
        description="Denoise photos and keep their metadata. A photo that fails does not stop the "
        "others. Exit code: 0 all done, 1 some failed, 2 wrong usage.",
    )
    parser.add_argument("photos", nargs="+", metavar="PHOTO", help="files, folders or patterns")
    parser.add_argument(
        "-o", "--output", required=True, metavar="FILE_OR_DIR",
        help="a file for one photo (its ending names the format), a folder for several",
    )  # fmt: skip
    parser.add_argument("--precision", choices=get_args(Precision), default="fp32")
    parser.add_argument("--delegate", choices=get_args(Delegate), default="auto")
    parser.add_argument(
        "--policy", choices=get_args(Policy), default="strict",
        help="strict: fail if the delegate cannot run the model; allow: let the CPU take over",
    )  # fmt: skip
    parser.add_argument(
        "--delegate-library", metavar="FILE", help="library of the external delegate"
    )
    parser.add_argument("--model", metavar="FILE", help="a .tflite model with its .json beside it")
    add_limits(parser)
    add_strength(parser)
    parser.add_argument(
        "--suffix", default="", metavar="TEXT",
        help="added to the names of files in an output folder, e.g. _denoised",
    )  # fmt: skip
    parser.add_argument("--overwrite", action="store_true", help="replace existing files")
    parser.add_argument(
        "--skip-clean", action="store_true", help="write nothing for photos without noise"
    )
    add_reading(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--quiet", action="store_true", help="print errors only")
    parser.set_defaults(run=run)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one photo: a report or an error."""

    input: Path
    output: Path | None
    error: str | None
    report: "FileReport | None"


def run(arguments: argparse.Namespace) -> bool:
    from litedenoise_sdk.denoiser import Denoiser
    from litedenoise_sdk.imageio.kinds import kind_passed_over
    from litedenoise_sdk.imageio.sniff import RESULT_SUFFIXES

    strength = strength_of(arguments)
    photos, passed_over = find_photos(
        arguments.photos,
        arguments.output,
        arguments.suffix,
        kind_passed_over,
        RESULT_SUFFIXES,
    )
    for folder in {photo.target.parent for photo in photos if photo.target}:
        tidy(folder)
    bar = ProgressBar(sys.stderr, enabled=not arguments.quiet)
    outcomes: list[_Outcome] = []
    with Denoiser(
        precision=arguments.precision,
        delegate=arguments.delegate,
        threads=arguments.threads,
        max_memory_mb=arguments.max_memory_mb,
        max_pixels=arguments.max_pixels,
        policy=arguments.policy,
        delegate_library=arguments.delegate_library,
        model=arguments.model,
    ) as denoiser:
        for number, photo in enumerate(photos, 1):
            label = printable(f"[{number}/{len(photos)}] {photo.source.name}")
            outcome = _denoise(denoiser, photo, strength, arguments, bar, label)
            bar.clear()
            outcomes.append(outcome)
            if outcome.error is not None:
                print(printable(f"{label}: {outcome.error}"), file=sys.stderr)
            elif outcome.report and not (arguments.quiet or arguments.json):
                print(printable(f"{label} {_result(outcome.report)}"), flush=True)
                for note in outcome.report.notes:
                    print(printable(f"  {note}"), flush=True)
    return _summed_up(outcomes, passed_over, arguments)


def _summed_up(
    outcomes: list[_Outcome], passed_over: Counter[str], arguments: argparse.Namespace
) -> bool:
    """Prints what became of all; whether all went well."""
    failed = sum(outcome.error is not None for outcome in outcomes)
    succeeded = len(outcomes) - failed
    if arguments.json:
        files = [plain(outcome) for outcome in outcomes]
        print_json(
            {"files": files, "succeeded": succeeded, "failed": failed, "skipped": passed_over}
        )
    elif not arguments.quiet:
        if len(outcomes) > 1:
            print(f"{succeeded} of {len(outcomes)} photos denoised")
        if passed_over:
            from litedenoise_sdk.imageio.kinds import summary

            print(summary(passed_over))
    return failed == 0


def _denoise(
    denoiser: "Denoiser",
    photo: PhotoPaths,
    strength: Strength,
    arguments: argparse.Namespace,
    bar: ProgressBar,
    label: str,
) -> _Outcome:
    def show(progress: "Progress") -> None:
        bar.show(label, progress.done_blocks, progress.total_blocks)

    if photo.target is None:
        return _Outcome(photo.source, None, photo.problem, None)
    try:
        _make_folder(photo.target.parent)
        report = denoiser.denoise_file(
            photo.source,
            photo.target,
            strength,
            overwrite=arguments.overwrite,
            skip_clean=arguments.skip_clean,
            strict=arguments.strict,
            first_frame=arguments.first_frame,
            keep_dates=arguments.keep_dates,
            progress=show,
        )
    except (LiteDenoiseError, OSError, MemoryError) as error:  # which end no other photo
        return _Outcome(photo.source, None, in_words(error), None)
    return _Outcome(photo.source, report.target, None, report)


def _result(report: "FileReport") -> str:
    done = f"-> {report.target}" if report.target else "is clean already, nothing written"
    noise = f", noise {report.noise.luma:.1f} of 255" if report.noise else ""
    processor = f" on {report.run.device or report.run.actual}" if report.run else ""
    return f"{done} ({report.seconds:.1f} s{processor}{noise})"


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the output folder {folder}: {error.strerror}") from error

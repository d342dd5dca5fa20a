"""``litedenoise batch IN OUT``."""

import argparse
import sys
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from litedenoise_sdk.cli.arguments import add_limits, add_reading, add_strength, strength_of
from litedenoise_sdk.cli.plain import print_json, printable
from litedenoise_sdk.errors import LiteDenoiseError, OptionsError
from litedenoise_sdk.options import Precision

if TYPE_CHECKING:
    from litedenoise_sdk.batch.folders import Folder
    from litedenoise_sdk.batch.manifest import Manifest, Record
    from litedenoise_sdk.batch.recipe import Recipe


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "batch",
        help="denoise a folder of any number of photos",
        description="Denoise all photos of a folder and its subfolders into another folder. The "
        "same command continues where it was stopped or killed, and skips what has not changed: "
        "photos are recognised by their content. Exit code: 0 all done, 1 some failed, 2 wrong "
        "usage.",
    )
    add = parser.add_argument
    add("source", metavar="IN", help="folder of photos, or a URL that fsspec knows (s3://...)")
    add("target", metavar="OUT", help="folder for the results, or such a URL")
    add(
        "--manifest", type=Path, metavar="FILE",
        help="what happened to each photo, one JSON line each (OUT.batch.jsonl, beside OUT)",
    )  # fmt: skip
    add(
        "--overwrite", action="store_true",
        help="replace files in OUT that this batch did not write, or that were changed since",
    )  # fmt: skip
    add("--dry-run", action="store_true", help="list what would be denoised, and write nothing")
    add("--precision", choices=get_args(Precision), default="fp32")
    add_strength(parser)
    add_limits(parser)
    add_reading(parser)
    add(
        "--ray", nargs="?", const="local", metavar="ADDRESS",
        help="use the Ray cluster at this address; without an address, start Ray on this machine",
    )  # fmt: skip
    add(
        "--ray-workers",
        type=int,
        metavar="N",
        help="workers on the cluster (as many as its cores allow)",
    )
    add("--json", action="store_true", help="print one JSON document at the end")
    add("--quiet", action="store_true", help="print failures only")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> bool:
    from litedenoise_sdk.batch.folders import open_folder
    from litedenoise_sdk.batch.manifest import Manifest, read_manifest
    from litedenoise_sdk.batch.recipe import Recipe

    recipe = Recipe(
        precision=arguments.precision,
        strength=strength_of(arguments),
        threads=arguments.threads,
        max_memory_mb=arguments.max_memory_mb,
        max_pixels=arguments.max_pixels,
        strict=arguments.strict,
        first_frame=arguments.first_frame,
        keep_dates=arguments.keep_dates,
    )
    recipe.open().close()  # raises for what is out of range
    _check_apart(arguments.source, arguments.target, arguments.overwrite)
    path = arguments.manifest or _manifest_beside(arguments.target)
    source = open_folder(arguments.source, must_exist=True)
    target = open_folder(arguments.target)
    if arguments.dry_run:
        return _plan(arguments, source, target, read_manifest(path), recipe)
    with Manifest(path) as manifest:
        started = time.monotonic()
        # Closed before the manifest, which takes what is finished of an interrupted run.
        with closing(_records(arguments, source, target, manifest, recipe)) as records:
            done, failed, unchanged = _follow(records, arguments)
    summary = {
        "denoised": done,
        "failed": failed,
        "unchanged": unchanged,
        "skipped": source.passed_over,
        "seconds": round(time.monotonic() - started, 1),
        "manifest": path,
    }
    if arguments.json:
        print_json(summary)
    elif not arguments.quiet:
        print(
            f"{done} denoised, {failed} failed, {unchanged} unchanged "
            f"in {summary['seconds']} s; see {printable(path)}"
        )
        _tell_skipped(source)
    return failed == 0


def _records(
    arguments: argparse.Namespace,
    source: "Folder",
    target: "Folder",
    manifest: "Manifest",
    recipe: "Recipe",
) -> Generator["Record | None"]:
    from litedenoise_sdk.batch.local import run_batch

    if arguments.ray is None:
        return run_batch(source, target, manifest, recipe, overwrite=arguments.overwrite)
    try:
        from litedenoise_sdk.batch.cluster import run_on_ray
    except ModuleNotFoundError as error:
        raise LiteDenoiseError(
            f"{error.name} is missing; install it with: pip install 'litedenoise-sdk[ray]'"
        ) from error
    address = None if arguments.ray == "local" else arguments.ray
    return run_on_ray(
        source,
        target,
        manifest,
        recipe,
        address,
        arguments.ray_workers,
        overwrite=arguments.overwrite,
    )


def _follow(
    records: "Iterator[Record | None]", arguments: argparse.Namespace
) -> tuple[int, int, int]:
    done = failed = unchanged = 0
    for record in records:
        if record is None:
            unchanged += 1
        elif record.status == "failed":
            failed += 1
            print(printable(f"{record.name}: {record.reason}"), file=sys.stderr, flush=True)
        else:
            done += 1
            if not (arguments.quiet or arguments.json):
                print(printable(f"{record.name} ({record.inference_s:.1f} s)"), flush=True)
                for note in record.notes:
                    print(printable(f"  {note}"), flush=True)
    return done, failed, unchanged


def _plan(
    arguments: argparse.Namespace,
    source: "Folder",
    target: "Folder",
    records: "Mapping[str, Record]",
    recipe: "Recipe",
) -> bool:
    from litedenoise_sdk.batch.folders import is_unlisted
    from litedenoise_sdk.batch.local import plan_batch

    wanted = unchanged = unlisted = 0
    for name, is_wanted in plan_batch(source, target, records, recipe):
        if is_unlisted(name):
            unlisted += 1
            print(printable(f"{name}: its photos cannot be listed"), file=sys.stderr)
            continue
        wanted += is_wanted
        unchanged += not is_wanted
        if is_wanted and not (arguments.quiet or arguments.json):
            print(printable(name))
    if arguments.json:
        print_json(
            {
                "would_denoise": wanted,
                "unchanged": unchanged,
                "unlisted": unlisted,
                "skipped": source.passed_over,
            }
        )
    elif not arguments.quiet:
        print(f"{wanted} would be denoised, {unchanged} are unchanged")
        _tell_skipped(source)
    return unlisted == 0


def _tell_skipped(source: "Folder") -> None:
    if source.passed_over:
        from litedenoise_sdk.imageio.kinds import summary

        print(summary(source.passed_over))


def _manifest_beside(target: str) -> Path:
    if "://" in target:
        raise OptionsError(f"name a local file with --manifest: {target} is not on this machine")
    path = Path(target)
    if path.name in ("", ".."):  # ".", "./", "..", "/"
        path = path.resolve()
    if not path.name:
        raise OptionsError(f"name a file with --manifest: there is none beside {target}")
    return path.with_name(f"{path.resolve().name}.batch.jsonl")


def _check_apart(source: str, target: str, overwrite: bool) -> None:
    """Results in the folder of the photos would be taken for photos."""
    if not (source and target):  # of a variable that was not set; not the working folder
        raise OptionsError("expected the names of two folders; got an empty one")
    if "://" in source or "://" in target:
        inside = target.rstrip("/").startswith(source.rstrip("/") + "/") or source == target
        around = source.rstrip("/").startswith(target.rstrip("/") + "/")
    else:
        inside = Path(target).resolve().is_relative_to(Path(source).resolve())
        around = Path(source).resolve().is_relative_to(Path(target).resolve())
    if inside:
        raise OptionsError(f"OUT must lie outside IN; {target} lies in {source}")
    if around and overwrite:
        raise OptionsError(
            f"--overwrite could replace photos of {source}, which lies in {target}; choose an OUT "
            "that does not contain IN"
        )

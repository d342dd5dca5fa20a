"""The command as a user runs it: exit codes, what goes to which stream, what lies on the disk."""

import json
import struct
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from litedenoise_sdk import Denoiser
from litedenoise_sdk.cli.denoise_command import _result
from litedenoise_sdk.cli.main import main
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.noise import RemovedNoise
from litedenoise_sdk.plan_and_report import FileReport
from litedenoise_sdk.runtime.protocol import RunReport

Output = pytest.CaptureFixture[str]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return picture(tmp_path / "photo.png", seed=1)


def picture(path: Path, seed: int, size: tuple[int, int] = (40, 48)) -> Path:
    Image.fromarray(pixels(seed, size)).save(path)
    return path


def pixels(seed: int, size: tuple[int, int] = (40, 48)) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    return rng.integers(90, 150, (*size, 3), dtype=np.uint8)


def read(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def test_denoises_one_photo(photo: Path, tmp_path: Path, capsys: Output) -> None:
    target = tmp_path / "out.png"
    assert main(["denoise", str(photo), "-o", str(target), "--precision", "int8"]) == 0
    assert read(target).shape == read(photo).shape
    captured = capsys.readouterr()
    assert "photo.png" in captured.out
    assert captured.err == ""


def test_strength_zero_gives_the_photo_back(photo: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.png"
    command = ["denoise", str(photo), "-o", str(target), "--precision", "int8", "--strength", "0"]
    assert main(command) == 0
    np.testing.assert_array_equal(read(target), read(photo))


def test_one_bad_file_does_not_stop_the_rest(photo: Path, tmp_path: Path, capsys: Output) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(photo.read_bytes()[:100])
    last = picture(tmp_path / "z.png", seed=2)
    out = tmp_path / "out"
    files = [str(broken), str(photo), str(tmp_path / "gone.jpg"), str(last)]
    assert main(["denoise", *files, "-o", str(out), "--precision", "int8"]) == 1
    assert sorted(path.name for path in out.iterdir()) == ["photo.png", "z.png"]
    captured = capsys.readouterr()
    assert "[1/4] broken.png: " in captured.err
    assert "[3/4] gone.jpg: no such file" in captured.err
    assert "2 of 4 photos denoised" in captured.out


def test_running_out_of_memory_is_one_photo_s_failure(
    photo: Path, tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_out(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Denoiser, "denoise_file", run_out)
    assert main(["denoise", str(photo), "-o", str(tmp_path / "out.png")]) == 1
    assert "not enough memory" in capsys.readouterr().err


def test_interrupting_leaves_nothing_behind(
    photo: Path, tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("litedenoise_sdk.cli.progress_bar.ProgressBar.show", interrupt)
    out = tmp_path / "out"
    assert main(["denoise", str(photo), "-o", f"{out}/", "--precision", "int8"]) == 130
    assert list(out.iterdir()) == []
    assert "interrupted" in capsys.readouterr().err


def test_json_for_scripts(photo: Path, tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "out"
    files = [str(photo), str(tmp_path / "gone.png")]
    assert main(["denoise", *files, "-o", str(out), "--precision", "int8", "--json"]) == 1
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert document["succeeded"] == 1
    assert document["failed"] == 1
    fine, failed = document["files"]
    assert fine["input"] == str(photo)
    assert fine["output"] == str(out / "photo.png")
    assert fine["error"] is None
    assert fine["report"]
    assert failed["output"] is None
    assert failed["error"] == "no such file"


def test_quiet_prints_nothing(photo: Path, tmp_path: Path, capsys: Output) -> None:
    command = ["denoise", str(photo), "-o", str(tmp_path / "o.png"), "--precision", "int8"]
    assert main([*command, "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_what_libraries_warn_of_is_not_printed(
    tmp_path: Path, recwarn: pytest.WarningsRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "warnoptions", [])
    odd = tmp_path / "odd.tif"
    Image.fromarray(pixels(1)).convert("P").save(odd, tiffinfo={65_000: "a text"})
    data = odd.read_bytes()
    entry = struct.pack("<HHI", 65_000, 2, 7)
    odd.write_bytes(data.replace(entry, struct.pack("<HHI", 65_000, 2, 9_999)))
    assert main(["denoise", str(odd), "-o", str(tmp_path / "out.tif"), "--strength", "0"]) == 0
    assert not recwarn.list


def test_an_existing_output_is_replaced_only_when_told(
    photo: Path, tmp_path: Path, capsys: Output
) -> None:
    target = picture(tmp_path / "old.png", seed=3, size=(8, 8))
    command = ["denoise", str(photo), "-o", str(target), "--precision", "int8"]
    assert main(command) == 1
    assert read(target).shape == (8, 8, 3)
    assert "exists" in capsys.readouterr().err
    assert main([*command, "--overwrite"]) == 0
    assert read(target).shape == (40, 48, 3)


def test_an_output_folder_that_cannot_be_made(photo: Path, tmp_path: Path, capsys: Output) -> None:
    assert main(["denoise", str(photo), "-o", f"{photo}/sub/", "--precision", "int8"]) == 1
    assert "output folder" in capsys.readouterr().err


@pytest.mark.parametrize("option", [["--strength", "2"], ["--threads", "0"], ["--luma", "nan"]])
def test_options_outside_their_range_are_wrong_usage(
    option: list[str], photo: Path, tmp_path: Path, capsys: Output
) -> None:
    assert main(["denoise", str(photo), "-o", str(tmp_path / "o.png"), *option]) == 2
    assert "got" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["denoise"], ["denoise", "a.jpg"], ["frobnicate"]])
def test_wrong_usage(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


def test_several_photos_into_one_file_are_wrong_usage(photo: Path, tmp_path: Path) -> None:
    other = picture(tmp_path / "other.png", seed=4)
    assert main(["denoise", str(photo), str(other), "-o", str(other)]) == 2


def test_info_of_a_shipped_model(capsys: Output) -> None:
    assert main(["info", "int8", "--json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert document["precision"] == "int8"
    assert document["parameters"] == 1_963_411
    assert document["operators"]["CONV_2D"] == 28
    assert main(["info", "fp32"]) == 0
    assert "1,963,411" in capsys.readouterr().out


def test_info_of_a_file_that_is_no_model(photo: Path, capsys: Output) -> None:
    assert main(["info", str(photo)]) == 1
    assert capsys.readouterr().err.startswith("litedenoise: ")


def test_compare(photo: Path, tmp_path: Path, capsys: Output) -> None:
    other = picture(tmp_path / "other.png", seed=2)
    drawn = tmp_path / "drawn.png"
    command = ["compare", str(photo), str(other), "-o", str(drawn), "--at", "5", "5"]
    assert main([*command, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert 10 < document["psnr_db"] < 30
    assert 0 < document["ssim"] < 1
    assert read(drawn).shape[1] > 2 * 48
    assert main(command) == 1  # the picture exists now
    assert main(["compare", str(photo), str(photo)]) == 0
    assert "PSNR inf dB, SSIM 1.0000" in capsys.readouterr().out


def test_running_out_of_memory_beside_photos_is_told(
    photo: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_out(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("litedenoise_sdk.quality.psnr", run_out)
    assert main(["compare", str(photo), str(photo)]) == 1
    assert capsys.readouterr().err == "litedenoise: not enough memory on this machine\n"


def test_compare_pictures_of_different_sizes(photo: Path, tmp_path: Path, capsys: Output) -> None:
    other = picture(tmp_path / "other.png", seed=2, size=(40, 40))
    assert main(["compare", str(photo), str(other)]) == 1
    assert "same shape" in capsys.readouterr().err


def test_the_installed_command() -> None:
    command = Path(sysconfig.get_path("scripts")) / "litedenoise"
    shown = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout.startswith("litedenoise ")
    failed = subprocess.run([command, "info", "gone.tflite"], capture_output=True, text=True)
    assert failed.returncode == 1
    assert "gone.tflite" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_quiet_accelerators_say_nothing_either(photo: Path, tmp_path: Path) -> None:
    command = Path(sysconfig.get_path("scripts")) / "litedenoise"
    options = ["--delegate", "npu", "--precision", "int8", "--quiet"]
    done = subprocess.run(
        [command, "denoise", photo, "-o", tmp_path / "out.png", *options],
        capture_output=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == (b"", b"")


@pytest.mark.parametrize(
    ("device", "words"), [(None, "on npu"), ("OpenVINO's CPU device", "on OpenVINO's CPU device")]
)
def test_line_of_a_photo_says_what_it_ran_on(device: str | None, words: str) -> None:
    run = RunReport("auto", "npu", "it is the fastest", 1, 1, "int8", Size(64, 64), 2, device)
    noise = RemovedNoise(2.04, 1.0, ())
    report = FileReport(Path("a.png"), Path("b.png"), Size(40, 48), 1.5, run, noise, ())
    assert _result(report) == f"-> b.png (1.5 s {words}, noise 2.0 of 255)"

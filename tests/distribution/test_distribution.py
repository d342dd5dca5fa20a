"""What the wheel carries and asks for; the same when it is built from the source distribution."""

import shutil
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2] / "python_sdk"
MODELS = {
    f"litedenoise_sdk/released/litedenoisenet-{precision}.{suffix}"
    for precision in ("fp32", "fp16", "int8", "int16x8")
    for suffix in ("tflite", "json")
}
LARGEST_WHEEL_BYTES = 20e6


def build(target: str, project: Path, folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "-d", str(folder)]
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", PROJECT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def unpacked_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = build("sdist", PROJECT, tmp_path_factory.mktemp("sdist"))
    folder = tmp_path_factory.mktemp("unpacked")
    shutil.unpack_archive(archive, folder)
    (project,) = folder.iterdir()
    return project


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_it_carries_the_models_whole_and_stays_small(wheel: Path) -> None:
    files = contents(wheel)
    assert set(files) >= MODELS
    for name in MODELS:
        assert files[name] == (PROJECT / "src" / name).read_bytes()
    assert wheel.stat().st_size <= LARGEST_WHEEL_BYTES


def test_it_carries_the_package_its_types_and_its_licence_alone(wheel: Path) -> None:
    files = contents(wheel)
    package = {
        str(path.relative_to(PROJECT / "src"))
        for pattern in ("*.py", "py.typed")
        for path in (PROJECT / "src" / "litedenoise_sdk").rglob(pattern)
    }
    assert package <= set(files)
    about = "-".join(wheel.name.split("-")[:2]) + ".dist-info"
    assert {name.partition("/")[0] for name in files} == {"litedenoise_sdk", about}
    assert files[f"{about}/licenses/LICENSE"] == (PROJECT.parent / "LICENSE").read_bytes()


def test_it_asks_for_three_packages(wheel: Path) -> None:
    (text,) = (data for name, data in contents(wheel).items() if name.endswith("/METADATA"))
    wanted = Parser().parsestr(text.decode()).get_all("Requires-Dist", [])
    needed = sorted(one for one in wanted if "extra ==" not in one)
    assert needed == ["ai-edge-litert<3,>=2.3", "numpy>=1.26", "pillow>=11"]


def test_it_brings_the_command(wheel: Path) -> None:
    (text,) = (d for name, d in contents(wheel).items() if name.endswith("/entry_points.txt"))
    assert "litedenoise = litedenoise_sdk.cli.main:main" in text.decode()


def test_the_source_distribution_makes_the_same_wheel(
    wheel: Path, unpacked_source: Path, tmp_path: Path
) -> None:
    assert contents(build("wheel", unpacked_source, tmp_path)) == contents(wheel)

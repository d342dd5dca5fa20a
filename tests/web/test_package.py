"""What would be published of the page, for npm and for Python: whole, licensed and small."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from benchmarks.browser.site import ROOT, SITE
from litedenoise_sdk.errors import OptionsError
from litedenoise_sdk.server.settings import ServerSettings
from litedenoise_sdk.server.web_files import installed_web

MOST_BYTES = 12_000_000
_IMPORT = re.compile(r"""(?:from |import\()"(\.[^"]+)\"""")


def test_the_package_is_whole(node: str) -> None:
    device = SITE / "device"
    packed = subprocess.run(
        ["npm", "pack", "--dry-run", "--json"],
        cwd=device,
        capture_output=True,
        text=True,
        check=True,
    )
    (package,) = json.loads(packed.stdout)
    assert package["name"] == "litedenoise"
    assert package["size"] < MOST_BYTES
    files = {file["path"] for file in package["files"]}
    assert files >= {
        "denoiser.js",
        "worker.js",
        "LICENSE",
        "README.md",
        "models/MODEL_CARD.md",
        "models/litedenoisenet-int8.tflite",
        "vendor/litert/LICENSE",
        "vendor/litert/NOTICE",
        "vendor/litert/litert_wasm_compat_internal.wasm",
        "vendor/litert/litert_wasm_threaded_internal.wasm",
        "vendor/mozjpeg/LICENSE",
        "vendor/mozjpeg/mozjpeg_enc.wasm",
    }
    for name in files:
        if not name.endswith(".js") or name.startswith("vendor/"):
            continue
        for target in _IMPORT.findall((device / name).read_text(encoding="utf-8")):
            path = (device / PurePosixPath(name).parent / target).resolve()
            assert str(path.relative_to(device.resolve())) in files, f"{name} imports {target}"


@pytest.mark.usefixtures("node")  # which `make web` needs
def test_the_wheel_is_what_serve_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OptionsError, match=r"litedenoise-sdk\[web\]"):
        installed_web()
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT / "web" / "wheel", check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.stat().st_size < MOST_BYTES
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    folder = Path(ServerSettings(web=installed_web()).web or "")
    built = sorted(path for path in (SITE / "device").rglob("*") if path.is_file())
    for path in built:
        assert (folder / path.relative_to(SITE)).read_bytes() == path.read_bytes()

"""What `npm pack` would publish: whole, licensed and small."""

import json
import re
import subprocess
from pathlib import PurePosixPath

from tests.web.site import SITE

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

"""A batch from an S3 server into it, through the real protocol."""

import io
import json
from pathlib import Path

import fsspec
import numpy as np
import pytest
from PIL import Image

from litedenoise_sdk import Denoiser, LiteDenoiseError
from litedenoise_sdk.batch.folders import RemoteFolder, open_folder
from litedenoise_sdk.cli.main import main

NAMES = ("a.png", "deeper/b #1 ü.png", "c.jpg")
Output = pytest.CaptureFixture[str]


@pytest.fixture
def photos(bucket: str) -> str:
    folder = open_folder(f"{bucket}/in")
    for seed, name in enumerate(NAMES):
        values = np.random.default_rng(seed).integers(80, 160, (40, 56, 3), np.uint8)
        file = io.BytesIO()
        Image.fromarray(values).save(file, "JPEG" if name.endswith("jpg") else "PNG")
        folder.write(name, file.getvalue())
    folder.write("broken.png", b"no picture")
    return bucket


def test_photos_go_from_store_to_store_and_are_known_again(
    photos: str, tmp_path: Path, capsys: Output
) -> None:
    manifest = str(tmp_path / "manifest.jsonl")
    command = ["batch", f"{photos}/in", f"{photos}/out", "--manifest", manifest, "--json"]
    command += ["--precision", "int8"]
    counts = []
    for _ in range(2):
        assert main(command) == 1
        summary = json.loads(capsys.readouterr().out)
        counts.append((summary["denoised"], summary["failed"], summary["unchanged"]))
    assert counts == [(3, 1, 0), (0, 1, 3)]
    source, target = open_folder(f"{photos}/in"), open_folder(f"{photos}/out")
    assert sorted(target.pictures()) == sorted(NAMES)
    with Denoiser("int8") as denoiser:
        assert target.read("a.png") == denoiser.denoise(source.read("a.png"))


def test_a_store_that_is_not_there_is_named(
    credentials: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")  # the discard port: nobody there
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setitem(fsspec.config.conf, "s3", {"skip_instance_cache": True})
    folder = RemoteFolder("s3://photos/in")
    folder._files.retries = 1
    with pytest.raises(LiteDenoiseError, match="does not answer"):
        folder.is_there()
    with pytest.raises(LiteDenoiseError, match="does not answer"):
        list(folder.pictures())
    for work in (lambda: folder.read("a.png"), lambda: folder.write("a.png", b"")):
        with pytest.raises(OSError, match="connect"):
            work()

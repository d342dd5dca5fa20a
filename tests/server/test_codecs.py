"""Processes that read and write pictures, and are killed when they take too long."""

import io
import resource
import signal
import subprocess
import sys
from dataclasses import replace
from multiprocessing import Pipe
from typing import BinaryIO

import numpy as np
import pytest
from fastapi.testclient import TestClient

from litedenoise_sdk.errors import Cancelled, UnreadableImage
from litedenoise_sdk.server import codecs
from litedenoise_sdk.server.app import create_app
from litedenoise_sdk.server.codecs import OutOfTime, read_file, write_file
from litedenoise_sdk.server.packing import memory_file, pack, unpack
from litedenoise_sdk.server.work import Watch
from tests.imageio.imageio_files import png
from tests.server.conftest import SETTINGS, picture, pixels


def file_of(data: bytes) -> BinaryIO:
    file = memory_file()
    file.write(data)
    return file


def _data_limit(codec: codecs._Codec) -> int:
    return resource.prlimit(codec._process.pid, resource.RLIMIT_DATA)[0]


def busy_child(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Puts another program in the place of the one that reads pictures."""
    real = subprocess.Popen

    def popen(command: list[str], **options: object) -> "subprocess.Popen[bytes]":
        assert codecs._CHILD in command
        return real([sys.executable, "-c", program], **options)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(subprocess, "Popen", popen)
    monkeypatch.setattr(codecs, "_idle", [])


class TestProcessesForPictures:
    @pytest.mark.parametrize("mode", ["RGB", "RGBA"])
    def test_photos_come_and_go_as_they_are(self, mode: str) -> None:
        data = picture(mode=mode)
        photo = read_file(file_of(data), 10_000, Watch(60))
        np.testing.assert_array_equal(photo.pixels, pixels(data)[..., :3])
        assert photo.pixels.flags.writeable
        written = memory_file()
        length, notes = write_file(photo, written, "PNG", Watch(60))
        assert notes == ()
        np.testing.assert_array_equal(pixels(written.read()), pixels(data))
        assert length == written.tell()

    def test_grey_photos_stay_one_plane(self) -> None:
        from PIL import Image

        file = io.BytesIO()
        Image.fromarray(np.arange(12, dtype=np.uint8).reshape(3, 4)).save(file, "PNG")
        photo = read_file(file_of(file.getvalue()), 100, Watch(60))
        assert (photo.grey, photo.pixels.shape, photo.pixels.strides[2]) == (True, (3, 4, 3), 0)

    def test_errors_come_through_and_the_process_lives_on(
        self, capfd: pytest.CaptureFixture[str]
    ) -> None:
        codecs._end_all()  # their standard error is that of an earlier test
        read_file(file_of(picture()), 10_000, Watch(60))
        (*_, before) = codecs._idle
        with pytest.raises(UnreadableImage, match="not a known picture format"):
            read_file(file_of(b"nonsense"), 10_000, Watch(60))
        with pytest.raises(UnreadableImage, match="cut short"):
            read_file(file_of(b"BM" + bytes(60)), 10_000, Watch(60))
        assert codecs._idle[-1] is before
        assert capfd.readouterr().err == ""  # who sends damaged files does not fill the log

    def test_whoever_takes_too_long_is_killed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        busy_child(monkeypatch, "import signal; signal.pause()")
        with pytest.raises(OutOfTime):
            read_file(file_of(picture()), 10_000, Watch(0.2))
        assert codecs._idle == []

    def test_so_is_work_that_nobody_waits_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        busy_child(monkeypatch, "import signal; signal.pause()")
        watch = Watch(600)
        watch.cancel()
        with pytest.raises(Cancelled):
            read_file(file_of(picture()), 10_000, watch)

    def test_one_that_crashes_takes_nobody_along(self, monkeypatch: pytest.MonkeyPatch) -> None:
        busy_child(monkeypatch, "import os; os.abort()")
        with pytest.raises(UnreadableImage, match="ended with -6"):
            read_file(file_of(picture()), 10_000, Watch(60))

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts what was asked for")
    def test_none_gets_more_memory_than_is_free(
        self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        codecs._end_all()
        large = png(np.zeros((1, 3), np.uint8), 2, 8, size=(30_000, 30_000))
        with monkeypatch.context() as patch:
            patch.setattr(codecs, "available_bytes", lambda _: 200_000_000)
            with pytest.raises(MemoryError):
                read_file(file_of(large), 10**9, Watch(60))
        (codec,) = codecs._idle
        before = _data_limit(codec)
        read_file(file_of(picture()), 10_000, Watch(60))
        assert codecs._idle == [codec]
        beside = codecs._BYTES_BESIDE
        assert (before, _data_limit(codec)) == (beside + 200_000_000, beside + 128 * 10_000)
        assert capfd.readouterr().err == ""

    def test_photo_over_its_time_is_a_refusal_that_says_so(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        busy_child(monkeypatch, "import signal; signal.pause()")
        settings = replace(SETTINGS, time_limit_s=0.2)
        with TestClient(create_app(settings), base_url="http://localhost") as client:
            answer = client.post("/v1/denoise", files={"image": picture()})
            assert answer.status_code == 413
            assert answer.json()["type"].endswith("takes-too-long")
            assert client.get("/readyz").json()["free_workers"] == 1

    def test_arrays_are_not_copied_on_the_way_back(self) -> None:
        file = memory_file()
        pack({"a": np.arange(1000), "b": np.ones((3, 5), np.float32)}, file)
        first, second = unpack(file), unpack(file)
        first["a"][0] = 77
        assert second["a"][0] == 77
        np.testing.assert_array_equal(second["b"], np.ones((3, 5)))


@pytest.mark.skipif(sys.platform != "linux", reason="SIGIO ends a process on Linux alone")
@pytest.mark.parametrize("closed", ["before", "meanwhile"])
def test_work_ends_with_the_service_that_is_killed(closed: str) -> None:
    program = (
        "import signal, sys\n"
        "from multiprocessing.connection import Connection\n"
        "from litedenoise_sdk.server.codec_child import ended_with_service\n"
        "sys.stdin.readline()\n"
        "with ended_with_service(Connection(int(sys.argv[1]))):\n"
        "    print('working', flush=True)\n"
        "    signal.pause()\n"
    )
    service, theirs = Pipe()
    with subprocess.Popen(
        [sys.executable, "-c", program, str(theirs.fileno())],
        pass_fds=[theirs.fileno()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        theirs.close()
        assert child.stdin is not None
        assert child.stdout is not None
        if closed == "before":
            service.close()
        child.stdin.write("begin\n")
        child.stdin.flush()
        assert child.stdout.readline() == ("working\n" if closed == "meanwhile" else "")
        service.close()
        assert child.wait() == -signal.SIGIO

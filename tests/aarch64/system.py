"""An aarch64 Debian in a folder, small enough for Python, numpy, Pillow and LiteRT, run by QEMU."""

import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

_PACKAGES = (
    "libc6", "libgcc-s1", "libstdc++6", "zlib1g", "libbz2-1.0", "liblzma5", "libexpat1", "libffi8",
    "libssl3", "python3.11-minimal", "libpython3.11-minimal", "libpython3.11-stdlib",
)  # fmt: skip
_PLATFORMS = ("manylinux2014_aarch64", "manylinux_2_27_aarch64", "manylinux_2_28_aarch64")
_EMULATORS = ("qemu-aarch64-static", "qemu-aarch64")
_PROCESSOR = "cortex-a76"
_CPUINFO = """processor\t: {number}
Features\t: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm asimddp
CPU implementer\t: 0x41
CPU architecture: 8
CPU variant\t: 0x3
CPU part\t: 0xd0b
CPU revision\t: 1

"""
"""Without it XNNPACK reads the host's, finds no ARM core there, and crashes."""


@dataclass(frozen=True, slots=True)
class Aarch64:
    """The system in a folder.

    Attributes:
        folder: holds Debian in ``root`` and the packages of Python in ``packages``.
        emulator: the program that runs it.
    """

    folder: Path
    emulator: str

    def python(self, *arguments: str) -> None:
        """Runs Python with the SDK of this checkout. Raises CalledProcessError."""
        root = self.folder / "root"
        command = [self.emulator, "-cpu", _PROCESSOR, "-L", str(root.resolve())]
        command += [str(root / "usr/bin/python3.11"), *arguments]
        found = os.pathsep.join(
            str(path.resolve())
            for path in (self.folder / "packages", ROOT / "python_sdk/src", ROOT)
        )
        subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": found})


def prepared(folder: Path) -> Aarch64:
    """Fills ``folder`` with what Debian and the package index have, unless it is there already.

    Raises:
        SystemExit: a tool is missing; the message names the package that has it.
        CalledProcessError: a package cannot be fetched.
    """
    emulator = next(filter(None, map(shutil.which, _EMULATORS)), None)
    if emulator is None:
        sys.exit("expected qemu-aarch64; on Debian and Ubuntu: apt install qemu-user-static")
    if shutil.which("apt-get") is None:
        sys.exit("expected apt-get, which fetches Debian's Python; run this on Debian")
    complete = folder / "complete"
    if not complete.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _fetch_debian(folder.resolve())
        _fetch_wheels(folder)
        complete.touch()
    return Aarch64(folder, emulator)


def _fetch_debian(folder: Path) -> None:
    """By apt with lists of its own, so that the machine's stay as they are."""
    (folder / "lists/partial").mkdir(parents=True, exist_ok=True)
    (folder / "debs").mkdir(exist_ok=True)
    apt = ["apt-get", "-qq", "-o", "APT::Architecture=arm64", "-o", "APT::Architectures=arm64"]
    apt += ["-o", f"Dir::State::Lists={folder / 'lists'}", "-o", "Dir::State::status=/dev/null"]
    apt += ["-o", f"Dir::Cache={folder}", "-o", "APT::Sandbox::User="]
    subprocess.run([*apt, "update"], check=True)
    subprocess.run([*apt, "download", *_PACKAGES], check=True, cwd=folder / "debs")
    for deb in (folder / "debs").glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", deb, folder / "root"], check=True)
    # QEMU looks for files in its root first.
    (folder / "root/proc").mkdir(exist_ok=True)
    cores = (_CPUINFO.format(number=number) for number in range(os.cpu_count() or 1))
    (folder / "root/proc/cpuinfo").write_text("".join(cores))


def _fetch_wheels(folder: Path) -> None:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    pip += ["--only-binary=:all:", "--python-version", "3.11", "-d", str(folder / "wheels")]
    pip += [f"--platform={platform}" for platform in _PLATFORMS]
    subprocess.run([*pip, "-r", str(ROOT / "requirements/run.lock")], check=True)
    for wheel in (folder / "wheels").glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder / "packages")

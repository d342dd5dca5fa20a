"""What the documents promise: commands and snippets run, and pages keep to their size."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from litedenoise_sdk.server.settings import ServerSettings
from tests.documents.documents import ROOT, Block, blocks, unnamed_blocks
from tests.documents.write_cli import PAGE, cli_page
from tests.server.live import live

MOST_LINES, MOST_NUMBERS = 90, 25

SHELL = [pytest.param(block, id=f"{block.page.name}: {block.lines[0][:60]}")
         for block in blocks("sh")]  # fmt: skip
PYTHON = [pytest.param(block, id=f"{block.page.name}: {number}")
          for number, block in enumerate(blocks("python"))]  # fmt: skip
UNTESTABLE = {"needs the network", "needs a phone", "needs a GPU", "needs a cluster"}
PRINT_HELP = """
import contextlib, io, json, runpy, sys
printed = {}
for module in sys.argv[1:]:
    sys.argv = [module, "--help"]
    with contextlib.redirect_stdout(io.StringIO()) as text, contextlib.suppress(SystemExit):
        runpy.run_module(module, run_name="__main__")
    printed[module] = text.getvalue()
print(json.dumps(printed))
"""


def environment() -> dict[str, str]:
    paths = [str(Path(sys.executable).parent), os.environ["PATH"]]
    return {**os.environ, "PATH": os.pathsep.join(paths), "PYTHONPATH": str(ROOT)}


def run(line: str, folder: Path) -> str:
    found = subprocess.run(
        line, shell=True, cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, f"{line}\n{found.stdout}{found.stderr}"
    return found.stdout


@pytest.mark.parametrize("block", SHELL)
def test_shell_lines(block: Block, desk: Path, helps: dict[str, str]) -> None:
    for line in block.lines:
        if line.startswith("make "):
            run(line.replace("make ", "make -n ", 1), ROOT)
        elif not block.marker:
            run(line, desk)
        elif block.marker in ("takes long", "runs until stopped"):
            check_options(line, helps)
        elif block.marker == "needs a running service":
            with live(ServerSettings()) as service:
                run(line.replace("http://127.0.0.1:8080", service.url), desk)
        else:
            assert block.marker in UNTESTABLE


@pytest.fixture(scope="module")
def helps() -> dict[str, str]:
    """The help of every Python module that lines which are not run start, from one process."""
    lines = [line for block in blocks("sh") if block.marker == "takes long" for line in block.lines]
    modules = sorted({found[1] for line in lines if (found := re.search(r"python -m (\S+)", line))})
    command = [sys.executable, "-c", PRINT_HELP, *modules]
    printed = run(shlex.join(command), ROOT).splitlines()[-1]
    return dict(json.loads(printed))


def check_options(line: str, helps: dict[str, str]) -> None:
    """A line that takes too long to run must at least have options that its command knows."""
    words = [word for word in shlex.split(line, comments=True) if not re.match(r"[A-Z_]+=", word)]
    match [Path(words[0]).name, *words[1:]]:
        case ["python", "-m", "benchmarks", command, *rest]:
            known = run(f"python -m benchmarks {command} --help", ROOT)
        case ["python", "-m", module, *rest]:
            known = helps[module]
        case ["pytest", *rest]:
            known = run("pytest --help", ROOT)
        case [program, command, *rest]:
            known = run(f"{program} {command} --help", ROOT)
    options = {word for word in rest if word.startswith("-")}
    assert options <= set(re.findall(r"-{1,2}[a-z][\w-]*", known)), line


@pytest.mark.parametrize("block", PYTHON)
def test_python_snippets(block: Block, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
    pixels = np.asarray(np.full((40, 60, 3), 90, np.uint8))
    exec(compile(block.text, block.page.name, "exec"), {"pixels": pixels})


def test_blocks_say_their_language() -> None:
    shell = [block for block in unnamed_blocks() if re.search(r"^(litedenoise|python|make) ",
             block.text, re.MULTILINE) and block.page.name != "cli.md"]  # fmt: skip
    assert not shell


def test_the_command_line_page_is_that_of_the_command() -> None:
    assert PAGE.read_text(encoding="utf-8") == cli_page(), "run tests/documents/write_cli.py"


def test_every_refusal_of_the_service_is_listed() -> None:
    sources = (ROOT / "python_sdk/src/litedenoise_sdk/server").glob("*.py")
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    kinds = set(re.findall(r'Problem\(\s*\d{3},\s*"([a-z-]+)"', text))
    assert len(kinds) > 20
    listed = set(re.findall(r"`([a-z-]+)`", (ROOT / "docs/errors.md").read_text(encoding="utf-8")))
    assert kinds <= listed


def test_the_readme_is_short() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    prose = re.sub(r"```.*?```|\]\([^)]*\)|`[^`]*`", "", text, flags=re.DOTALL)
    numbers = re.findall(r"(?<![\w.])\d[\d.,]*", prose)
    assert len(numbers) <= MOST_NUMBERS, numbers

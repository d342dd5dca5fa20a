"""The size of what is written, and that no module imports itself by way of others."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import grimp

import litedenoise_sdk

ROOT = Path(__file__).parents[1]
ROOMS = ("python_sdk/src", "models", "benchmarks", "tests")
MOST_LINES_OF_A_FUNCTION, MOST_LINES_OF_THE_PUBLIC_API = 60, 120


def functions() -> Iterator[tuple[str, int]]:
    """Every function of the repository, with its number of lines."""
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                yield f"{path.relative_to(ROOT)}: {node.name}", lines


def test_functions_fit_in_the_head() -> None:
    found = dict(functions())
    assert len(found) > 2000
    assert {name: lines for name, lines in found.items() if lines > MOST_LINES_OF_A_FUNCTION} == {}


def test_the_public_api_is_one_short_file() -> None:
    text = Path(litedenoise_sdk.__file__).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES_OF_THE_PUBLIC_API


def test_no_imports_go_in_a_circle() -> None:
    graph = grimp.build_graph("litedenoise_sdk", "models", "benchmarks", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(imports) > 200
    TopologicalSorter(imports).prepare()  # raises CycleError

"""Turns Gradle's build scripts into Kotlin that an ordinary compiler checks.

    python tests/android/gradle_scripts.py FOLDER

Gradle compiles a script as the body of a function of its project, and so does this: the bodies of
android_app's build scripts, and the accessors that Gradle makes from the version catalogue. They
are compiled against the Android plugin's and Gradle's own classes (tests/android/gradle/pom.xml).
"""

import re
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "gradle" / "libs.versions.toml"
_DEFAULT_IMPORTS = ("import org.gradle.api.*", "import org.gradle.api.publish.maven.*")
MODULES = {
    "app": "AppScript",
    "denoise": "LibraryScript",
    "denoise-coroutines": "LibraryScript",
    "npu-models": "PackScript",
    "tiling": "JvmScript",
}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Catalogue.kt").write_text(catalogue(), encoding="utf-8")
    for module, receiver in MODULES.items():
        text = build_script(module).read_text(encoding="utf-8")
        (folder / f"{module}.kt").write_text(as_function(module, receiver, text), encoding="utf-8")


def build_script(module: str) -> Path:
    return ROOT / "android_app" / module / "build.gradle.kts"


def as_function(module: str, receiver: str, text: str) -> str:
    """The script without its plugins, whose names only Gradle can look up."""
    imports = re.findall(r"^import .*$", text, re.MULTILINE)
    body = re.sub(r"^import .*$", "", text, flags=re.MULTILINE)
    body, found = re.subn(r"^plugins \{\n.*?^\}\n", "", body, flags=re.MULTILINE | re.DOTALL)
    assert found == 1, f"{module}: expected one plugins block"
    head = ["package org.litedenoise.gradle", *_DEFAULT_IMPORTS, *imports]
    return "\n".join([*head, f"\nfun {receiver}.`{module}`() {{", body, "}\n"])


def catalogue() -> str:
    """``libs`` as Gradle has it: every alias a path of properties."""
    content = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))
    versions = {name.replace("_", "-"): "Provider<String>" for name in content["versions"]}
    modules = dict.fromkeys(content["libraries"], "Provider<MinimalExternalModuleDependency>")
    paths = modules | {f"versions-{name}": kind for name, kind in versions.items()}
    lines = [
        "package org.litedenoise.gradle",
        "import org.gradle.api.artifacts.MinimalExternalModuleDependency",
        "import org.gradle.api.provider.Provider",
        "abstract class Catalogue {",
        *_properties(((tuple(name.split("-")), kind) for name, kind in paths.items()), "Catalogue"),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _properties(paths: Iterable[tuple[tuple[str, ...], str]], owner: str) -> list[str]:
    lines: list[str] = []
    groups: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for path, kind in paths:
        groups.setdefault(path[0], []).append((path[1:], kind))
    for name, below in groups.items():
        own = [kind for path, kind in below if not path]
        deeper = [(path, kind) for path, kind in below if path]
        if not deeper:
            lines.append(f"abstract val {name}: {own[0]}")
            continue
        nested = f"{owner}{name.capitalize()}"
        parents = f" : {own[0]}" if own else ""
        lines.append(f"abstract val {name}: {nested}")
        lines += [f"interface {nested}{parents} {{"]
        lines += [line.replace("abstract val", "val") for line in _properties(deeper, nested)]
        lines += ["}"]
    return lines


if __name__ == "__main__":
    main(Path(sys.argv[1]))

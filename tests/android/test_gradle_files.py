"""The Gradle files against the Maven project that checks in their place: artifacts, versions."""

import re
import tomllib
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAVEN = ROOT / "tests" / "android"
CATALOGUE = tomllib.loads((ROOT / "gradle" / "libs.versions.toml").read_text(encoding="utf-8"))
POM = {"m": "http://maven.apache.org/POM/4.0.0"}

MODULES = ("app", "denoise", "denoise-coroutines", "tiling")
ON_MAVEN_CENTRAL = {
    "litert": {"tensorflow-lite", "tensorflow-lite-api"},
    "litert-gpu": {"tensorflow-lite-gpu"},
    "litert-gpu-api": {"tensorflow-lite-gpu-api"},
}
"""What LiteRT 1.x's artifacts were called before; ``litert`` brings its interface along."""


def script(module: str) -> str:
    path = ROOT / "android_app" / module / "build.gradle.kts"
    return path.read_text(encoding="utf-8")


def libraries(module: str, configuration: str) -> set[str]:
    """Names of the artifacts that a module gets in one configuration."""
    quoted = rf'"?{configuration}"?\(libs\.([\w.]+)\)'
    aliases = {alias.replace(".", "-") for alias in re.findall(quoted, script(module))}
    return {CATALOGUE["libraries"][alias]["module"].split(":")[1] for alias in aliases}


def pom(module: str) -> ElementTree.Element:
    return ElementTree.parse(MAVEN / module / "pom.xml").getroot()


def maven_property(module: str, name: str) -> str:
    found = pom(module).find(f"m:properties/m:{name}", POM)
    assert found is not None
    assert found.text is not None
    return found.text


def test_maven_compiles_the_interpreter_against_gradles_artifacts() -> None:
    gradle = libraries("denoise", "interpreterImplementation")
    expected = set().union(*(ON_MAVEN_CENTRAL[artifact] for artifact in gradle))
    copied = {item.findtext("m:artifactId", "", POM) for item in pom("litert").iter(
        "{http://maven.apache.org/POM/4.0.0}artifactItem"
    )}  # fmt: skip
    assert {name for name in copied if name.startswith("tensorflow")} == expected


def test_every_class_of_litert_that_is_imported_has_its_artifact() -> None:
    sources = ROOT / "android_app" / "denoise" / "src"
    needs = {
        "org.tensorflow.lite.gpu.GpuDelegateFactory": ("interpreter", "litert-gpu-api"),
        "org.tensorflow.lite.gpu.GpuDelegate": ("interpreter", "litert-gpu"),
        "org.tensorflow.lite.Interpreter": ("interpreter", "litert"),
        "com.google.ai.edge.litert.CompiledModel": ("compiled", "litert"),
    }
    for name, (flavour, artifact) in needs.items():
        texts = [file.read_text("utf-8") for file in (sources / flavour).rglob("*.kt")]
        assert any(f"import {name}\n" in text for text in texts), name
        assert artifact in libraries("denoise", f"{flavour}Implementation"), name


def test_every_alias_of_the_catalogue_is_used() -> None:
    scripts = "".join(
        script(module) for module in ("app", "denoise", "denoise-coroutines", "tiling")
    )
    for alias in CATALOGUE["libraries"]:
        assert f"libs.{alias.replace('-', '.')})" in scripts, alias


def test_versions_are_those_that_maven_checks_with() -> None:
    versions = CATALOGUE["versions"]
    assert maven_property(".", "kotlin.version") == versions["kotlin"]
    assert maven_property("gradle", "agp.version") == versions["agp"]
    assert maven_property("coroutines", "coroutines.version") == versions["coroutines"]
    tools = int(maven_property("gradle", "android-tools.version").split(".")[0])
    assert tools == int(versions["agp"].split(".")[0]) + 23


def test_litert_2_has_what_the_flavour_needs() -> None:
    version = tuple(map(int, CATALOGUE["versions"]["litert-compiled"].split(".")))
    assert version >= (2, 2, 0), "the first with Environment.create(context, ...)"
    properties = (ROOT / "gradle.properties").read_text(encoding="utf-8")
    assert "android.useAndroidX=true" in properties


def test_every_module_is_included_and_its_plugins_are_in_the_catalogue() -> None:
    settings = (ROOT / "settings.gradle.kts").read_text(encoding="utf-8")
    scripts = sorted(path.parent.name for path in (ROOT / "android_app").glob("*/build.gradle.kts"))
    assert scripts == sorted((*MODULES, "npu-models"))
    root = (ROOT / "build.gradle.kts").read_text(encoding="utf-8")
    for module in scripts:
        assert f'":{module}"' in settings, module
        for alias in re.findall(r"alias\(libs\.plugins\.([\w.]+)\)", script(module)):
            assert alias.replace(".", "-") in CATALOGUE["plugins"], alias
            assert f"libs.plugins.{alias})" in root, alias


def test_permissions_that_litert_asks_for_are_removed_from_the_library() -> None:
    # As its manifest has them at v2.2.0 and since.
    file = ROOT / "android_app" / "denoise" / "src" / "compiled" / "AndroidManifest.xml"
    android, tools = (
        f"{{http://schemas.android.com/{name}}}" for name in ("apk/res/android", "tools")
    )
    removed = {
        permission.get(f"{android}name")
        for permission in ElementTree.parse(file).getroot().iter("uses-permission")
        if permission.get(f"{tools}node") == "remove"
    }
    service = "android.permission.FOREGROUND_SERVICE"
    assert removed == {service, f"{service}_DATA_SYNC"}


@pytest.mark.parametrize("module", MODULES)
def test_no_module_wants_a_jdk_of_its_own(module: str) -> None:
    assert "jvmToolchain" not in script(module)
    assert "targetCompatibility = JavaVersion.VERSION_17" in script(module)

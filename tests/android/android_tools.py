"""Builds resources and an installable APK with Debian's and Maven Central's tools alone.

    python tests/android/android_tools.py resources    # before Kotlin is compiled: R.java
    python tests/android/android_tools.py apk          # after it: linked, dexed, aligned, signed

Stands in for the Android Gradle Plugin: merges the manifests, links with aapt2, dexes with dx,
aligns, signs with a throw-away debug key, and verifies what came out.
"""

import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "android_app" / "app" / "src"
BUILD = ROOT / "build" / "android"
OUT = BUILD / "apk"
FRAMEWORK = BUILD / "framework"
PACKAGE = "org.litedenoise.app"
MIN_SDK, TARGET_SDK = 26, 35
ABIS = ("arm64-v8a", "armeabi-v7a", "x86_64")
PRECISIONS = ("int8", "fp16", "fp32")
MOST_APK_MB_FOR_ABI = 12
PAGE = 16384
ANDROID = "http://schemas.android.com/apk/res/android"


def main(step: str) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    {"resources": resources, "apk": apk}[step]()


def resources() -> None:
    """Links resources, writes R.java, and describes both for Robolectric."""
    manifest = OUT / "AndroidManifest.xml"
    merge_manifests(manifest, [APP / "main", APP / "benchmarking"], debuggable=True)
    compiled = OUT / "resources.zip"
    run("aapt2", "compile", "--dir", APP / "main" / "res", "-o", compiled)
    java = fresh(BUILD / "app" / "generated-sources")
    linked = OUT / "linked.apk"
    run(
        *("aapt2", "link", "-I", framework(), "--manifest", manifest, "-o", linked),
        *("--java", java, "-A", models(), "--min-sdk-version", MIN_SDK, "-0", "tflite"),
        *("--target-sdk-version", TARGET_SDK, "--version-code", 1, "--version-name", version()),
        # Debian's aapt2 is of Android 10, and does not know uses-native-library yet.
        *("--auto-add-overlay", "--warn-manifest-validation", compiled),
    )
    config = BUILD / "app" / "generated-test-resources" / "com" / "android" / "tools"
    config.mkdir(parents=True, exist_ok=True)
    (config / "test_config.properties").write_text(
        f"android_merged_manifest={manifest}\n"
        f"android_merged_assets={models()}\n"
        f"android_merged_resources={APP / 'main' / 'res'}\n"
        f"android_resource_apk={linked}\n"
        f"android_custom_package={PACKAGE}\n",
        encoding="utf-8",
    )


def apk() -> None:
    """Puts the APK together, signs it and checks it."""
    dex = OUT / "classes.zip"
    classes = [BUILD / module / "classes" for module in ("tiling", "denoise", "app", "litert")]
    run(
        *("java", "-Xmx1g", "-cp", only(FRAMEWORK.glob("dalvik-dx-*.jar"))),
        *("com.android.dx.command.Main", "--dex", f"--min-sdk-version={MIN_SDK}"),
        *("--multi-dex", f"--output={dex}", *classes, kotlin_library()),
    )
    unaligned, aligned, signed = (OUT / f"{name}.apk" for name in ("unaligned", "aligned", "app"))
    with zipfile.ZipFile(unaligned, "w", zipfile.ZIP_DEFLATED) as package:
        with zipfile.ZipFile(OUT / "linked.apk") as linked:
            for info in linked.infolist():
                # This aapt2 compresses assets whatever it is told; models are read in place.
                stored = info.filename.endswith(".tflite") or not info.compress_type
                method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
                package.writestr(info.filename, linked.read(info), method)
        with zipfile.ZipFile(dex) as dexes:
            for name in dexes.namelist():
                package.writestr(name, dexes.read(name))
        for library in native_libraries():
            target = f"lib/{library.parent.name}/{library.name}"
            package.write(library, target, zipfile.ZIP_DEFLATED)
    run("zipalign", "-f", "-p", 4, unaligned, aligned)
    run("apksigner", "sign", *key(), "--out", signed, aligned)
    verify(signed)


def verify(package: Path) -> None:
    """Fails unless the APK is signed, complete, small enough and lists what it must."""
    run("zipalign", "-c", "-p", 4, package)
    run("apksigner", "verify", "--min-sdk-version", MIN_SDK, package)
    badging = run("aapt2", "dump", "badging", package)
    abis = " ".join(f"'{abi}'" for abi in ABIS)
    for expected in (
        *(f"package: name='{PACKAGE}'", "launchable-activity", "application-debuggable"),
        *(f"sdkVersion:'{MIN_SDK}'", f"targetSdkVersion:'{TARGET_SDK}'", f"native-code: {abis}"),
    ):
        assert expected in badging, f"expected {expected} in:\n{badging}"
    with zipfile.ZipFile(package) as files:
        names = {info.filename: info for info in files.infolist()}
        assets = {name for name in names if name.startswith("assets/")}
        assert assets == {f"assets/{source.name}" for source in released()}, assets
        for source in released():
            asset = f"assets/{source.name}"
            assert files.read(asset) == source.read_bytes(), f"{asset} is not as released"
            stored = names[asset].compress_type == zipfile.ZIP_STORED
            assert stored or source.suffix != ".tflite", "models must not be compressed"
    code = sum(i.compress_size for n, i in names.items() if not n.startswith(("lib/", "assets/")))
    print(f"{package.relative_to(ROOT)}: {package.stat().st_size / 1e6:.1f} MB")
    for abi in ABIS:
        native = [info for name, info in names.items() if name.startswith(f"lib/{abi}/")]
        megabytes = (code + sum(info.compress_size for info in native)) / 1e6
        print(f"  {abi}: {megabytes:.1f} MB without models")
        assert native, f"no libraries for {abi}"
        assert megabytes <= MOST_APK_MB_FOR_ABI
    for library in native_libraries():
        kind = "16 KB pages" if page_alignment(library) >= PAGE else "4 KB pages only"
        print(f"  {library.parent.name}/{library.name}: {kind}")
    verify_release()


def verify_release() -> None:
    """Fails if a release had anything to debug, or let others start more than the first screen."""
    manifest = OUT / "release" / "AndroidManifest.xml"
    manifest.parent.mkdir(exist_ok=True)
    merge_manifests(manifest, [APP / "main"], debuggable=False)
    package = OUT / "release.apk"
    run(
        *("aapt2", "link", "-I", framework(), "--manifest", manifest, "-o", package),
        *("--auto-add-overlay", "--warn-manifest-validation", OUT / "resources.zip"),
    )
    tree = run("aapt2", "dump", "xmltree", "--file", "AndroidManifest.xml", package)
    assert "debuggable" not in tree, tree
    assert "Benchmark" not in tree, tree
    assert '"org.litedenoise.app.MainActivity"' in tree, tree
    exported = re.findall(r":exported\(\w+\)=(\w+)", tree)
    assert exported == ["true", "false", "false"], f"only MainActivity may be exported:\n{tree}"
    print("  release: the benchmark activity is not in it; MainActivity alone is exported")


def merge_manifests(target: Path, source_sets: list[Path], *, debuggable: bool) -> None:
    """What the Gradle plugin does with so plain manifests: package, versions, all activities."""
    ElementTree.register_namespace("android", ANDROID)
    merged, *others = (
        ElementTree.parse(source / "AndroidManifest.xml").getroot() for source in source_sets
    )
    merged.set("package", PACKAGE)
    application = merged.find("application")
    assert application is not None
    if debuggable:
        application.set(f"{{{ANDROID}}}debuggable", "true")
    # Debian's aapt2 and its framework are of Android 10, and do not know it yet.
    application.attrib.pop(f"{{{ANDROID}}}enableOnBackInvokedCallback", None)
    for component in (*merged.iter("activity"), *merged.iter("service")):
        name = component.get(f"{{{ANDROID}}}name", "")
        component.set(f"{{{ANDROID}}}name", f"{PACKAGE}{name}" if name.startswith(".") else name)
    for other in others:
        application.extend(other.find("application") or [])
    ElementTree.ElementTree(merged).write(target, encoding="utf-8", xml_declaration=True)


def native_libraries() -> list[Path]:
    return [
        library
        for archive in ("lite", "gpu")
        for abi in ABIS
        for library in sorted((BUILD / "litert" / archive / "jni" / abi).glob("*.so"))
    ]


def page_alignment(library: Path) -> int:
    """The least alignment of the segments that are loaded, in bytes."""
    headers = run("readelf", "-lW", library).splitlines()
    return min(int(line.split()[-1], 16) for line in headers if line.split()[:1] == ["LOAD"])


def key() -> list[object]:
    store = OUT / "debug.keystore"
    if not store.exists():
        run(
            *("keytool", "-genkeypair", "-keystore", store, "-storepass", "android"),
            *("-alias", "debug", "-keypass", "android", "-keyalg", "RSA", "-validity", 10000),
            *("-dname", "CN=Android Debug"),
        )
    return ["--ks", store, "--ks-pass", "pass:android", "--ks-key-alias", "debug"]


def models() -> Path:
    """What Gradle leaves of models/released."""
    folder = fresh(OUT / "assets")
    for source in released():
        shutil.copy(source, folder)
    return folder


def released() -> list[Path]:
    """The models that the library runs, with their sidecars."""
    return [
        ROOT / "models" / "released" / f"litedenoisenet-{precision}.{suffix}"
        for precision in PRECISIONS
        for suffix in ("tflite", "json")
    ]


def framework() -> Path:
    """Android 10, the newest whose resources this aapt2 can read."""
    return Path("/usr/share/android-framework-res/framework-res.apk")


def kotlin_library() -> Path:
    """Its classes but those for newer versions of Java, which dx cannot read."""
    folder = fresh(OUT / "kotlin")
    with zipfile.ZipFile(only(FRAMEWORK.glob("kotlin-stdlib-*.jar"))) as library:
        names = [name for name in library.namelist() if name.endswith(".class")]
        library.extractall(folder, [name for name in names if not name.startswith("META-INF/")])
    return folder


def version() -> str:
    line = next(
        line
        for line in (ROOT / "gradle.properties").read_text(encoding="utf-8").splitlines()
        if line.startswith("version=")
    )
    return line.split("=")[1]


def fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def only(found: Iterator[Path]) -> Path:
    (path,) = found
    return path


def run(*command: object) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(words)}\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main(sys.argv[1])

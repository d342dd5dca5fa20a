"""Every public name of the Kotlin libraries says what it is."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ANDROID = Path(__file__).resolve().parents[2] / "android_app"
SOURCES = [
    source
    for module in ("tiling", "denoise", "denoise-coroutines")
    for source in sorted((ANDROID / module / "src").rglob("*.kt"))
]
_DECLARED = re.compile(
    r"^ *public (?:\w+ )*?(?:class|interface|object|fun|val|var)\b"
    r"(?: [\w<>]+\.)? *(?:<[^>]*> )?(?:\w+\.)?(?P<name>\w+)?"
)
_ENTRY = re.compile(r"^ +(?P<name>[A-Z][A-Z0-9_]+)[,;]?$")


def undocumented(source: str) -> Iterator[str]:
    """Public names without a comment of their own, and without a place in their class's."""
    comment, own, enum = "", False, False
    for line in source.splitlines():
        text = line.strip()
        if text.startswith("/**"):
            comment, own = "", True
        if own and (text.startswith(("/**", "*")) or text == ""):
            comment += text
            continue
        if text.startswith("@"):
            continue
        enum = enum and not text.startswith("}")
        found = _DECLARED.match(line) or (enum and _ENTRY.match(line))
        if found and not own and not _in_class_comment(found["name"], comment):
            yield text
        enum = enum or "enum class" in text
        own = False


def _in_class_comment(name: str | None, comment: str) -> bool:
    """As ``@property name, other`` or as ``[name]``."""
    tags = re.findall(r"@(?:property|param) ((?:\w+, )*\w+)", comment)
    return name in {name for tag in tags for name in tag.split(", ")} or f"[{name}]" in comment


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_public_names_are_documented(source: Path) -> None:
    assert list(undocumented(source.read_text(encoding="utf-8"))) == []


def test_a_missing_comment_is_found() -> None:
    documented = "/** A [side]. */\npublic class A(\n    public val side: Int,\n)"
    assert list(undocumented(documented)) == []
    assert list(undocumented(documented.replace("[side]", "side"))) == ["public val side: Int,"]
    kinds = "/** Kinds. */\npublic enum class Kind {\n    /** One. */\n    ONE,\n\n    TWO,\n}"
    assert list(undocumented(kinds)) == ["TWO,"]
    assert list(undocumented("public fun act(): Unit = Unit")) == ["public fun act(): Unit = Unit"]

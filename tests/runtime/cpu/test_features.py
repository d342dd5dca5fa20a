from pathlib import Path

import pytest

from litedenoise_sdk.runtime.cpu.features import cpu_features, has_dot_products


@pytest.mark.parametrize(
    ("cpuinfo", "features", "dot_products"),
    [
        ("flags : fpu sse2 avx avx2\nbugs : none\n", ("avx2",), False),
        ("flags : avx2 avx512f avx512_vnni\n", ("avx2", "avx512f", "avx512_vnni"), True),
        ("Features : fp asimd asimddp i8mm\n", ("asimddp", "i8mm"), True),
    ],
)
def test_features_are_read_from_linux(
    monkeypatch: pytest.MonkeyPatch, cpuinfo: str, features: tuple[str, ...], dot_products: bool
) -> None:
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: cpuinfo)
    assert cpu_features() == features
    assert has_dot_products() is dot_products


def test_elsewhere_none_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: object, **__: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", absent)
    assert cpu_features() == ()
    assert not has_dot_products()

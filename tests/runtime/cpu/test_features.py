from pathlib import Path

import pytest

from litedenoise_sdk.runtime.cpu.features import cpu_features, has_dot_products, has_matrix_units


@pytest.mark.parametrize(
    ("cpuinfo", "features", "dot_products", "matrix_units"),
    [
        ("flags : fpu sse2 avx avx2\nbugs : none\n", ("avx2",), False, False),
        ("flags : avx2 avx512f avx512_vnni\n", ("avx2", "avx512f", "avx512_vnni"), True, False),
        ("Features : fp asimd asimddp i8mm\n", ("asimddp", "i8mm"), True, False),
        ("flags : avx2 amx_tile amx_int8\n", ("avx2", "amx_int8"), True, True),
    ],
)
def test_features_are_read_from_linux(
    monkeypatch: pytest.MonkeyPatch,
    cpuinfo: str,
    features: tuple[str, ...],
    dot_products: bool,
    matrix_units: bool,
) -> None:
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: cpuinfo)
    assert cpu_features() == features
    assert has_dot_products() is dot_products
    assert has_matrix_units() is matrix_units


def test_elsewhere_none_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: object, **__: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", absent)
    assert cpu_features() == ()
    assert not has_dot_products()
    assert not has_matrix_units()

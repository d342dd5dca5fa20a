"""What the compilers of the published phones say, here where some are and some are not."""

from benchmarks.common.published import PUBLISHED
from benchmarks.host.compilers import compiled
from litedenoise_sdk.geometry import Size


def test_each_published_phone_has_an_outcome_or_a_reason() -> None:
    found = list(compiled(Size(32, 32)))
    assert [one.soc for one in found] == [one.soc for one in PUBLISHED]
    for one in found:
        assert (one.precision, one.block) == ("int8", "32x32")
        if one.reason:
            assert (one.whole, one.total_operators) == (False, None)
        else:
            assert one.total_operators is not None
            assert one.whole == (
                one.offloaded_operators == one.total_operators and one.partitions == 1
            )
            assert one.compiler

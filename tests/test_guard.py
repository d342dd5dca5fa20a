"""The net under code that meets damaged files."""

import pytest

from litedenoise_sdk.errors import ImageTooLarge, LiteDenoiseError, UnreadableImage
from litedenoise_sdk.guard import guarded


def test_what_nobody_thought_of_becomes_our_error_with_its_cause() -> None:
    cause = KeyError("colours")
    with (
        pytest.raises(UnreadableImage, match=r"it failed \(KeyError: 'colours'\); try again") as it,
        guarded(UnreadableImage, "it failed", "try again"),
    ):
        raise cause
    assert it.value.__cause__ is cause
    assert it.value.is_unforeseen


@pytest.mark.parametrize("error", [ImageTooLarge("too large"), OSError(5, "no"), MemoryError()])
def test_errors_that_are_expected_pass(error: Exception) -> None:
    with pytest.raises(type(error)) as it, guarded(UnreadableImage, "it failed", "try again"):
        raise error
    assert it.value is error
    assert not (isinstance(error, LiteDenoiseError) and error.is_unforeseen)

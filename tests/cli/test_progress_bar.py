"""The bar is for terminals only."""

import io

from litedenoise_sdk.cli.progress_bar import ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_draws_over_itself_and_clears() -> None:
    terminal = Terminal()
    bar = ProgressBar(terminal)
    bar.show("photo.jpg", 4, 4)
    assert "photo.jpg" in terminal.getvalue()
    assert "100 %" in terminal.getvalue()
    bar.clear()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_silent_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    bar = ProgressBar(stream)
    bar.show("photo.jpg", 1, 2)
    bar.clear()
    assert stream.getvalue() == ""


def test_silent_when_switched_off() -> None:
    terminal = Terminal()
    ProgressBar(terminal, enabled=False).show("photo.jpg", 2, 2)
    assert terminal.getvalue() == ""


def test_long_names_leave_room_for_the_bar() -> None:
    terminal = Terminal()
    ProgressBar(terminal).show("x" * 500, 2, 2)
    assert len(terminal.getvalue()) < 200

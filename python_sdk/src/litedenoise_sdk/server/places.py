"""A number of places that clients take and give back, none of them more than its share."""

import contextlib
from collections import Counter
from collections.abc import Iterator

from litedenoise_sdk.server.problems import Problem, retry_after


class Places:
    """Counts who is there. For the event loop alone.

    Args:
        what: comes after the number in the refusal.
        most: places in all.
        most_each: places of one address. Where all clients have one, as on loopback, give ``most``.
    """

    def __init__(self, what: str, most: int, most_each: int) -> None:
        self._what = what
        self._most = most
        self._most_each = most_each
        self._taken: Counter[str] = Counter()

    def check(self, client: str) -> None:
        """Whether there is a place.

        Raises:
            Problem: 429, all are taken, or all that one client may have.
        """
        if self._taken.total() >= self._most or self._taken[client] >= self._most_each:
            detail = (
                f"{self._taken.total()} {self._what}, {self._taken[client]} of them from your "
                f"address; at most {self._most} and {self._most_each} are served at a time"
            )
            raise Problem(429, "too-many-at-a-time", detail, retry_after(3))

    @contextlib.contextmanager
    def taken(self, client: str) -> Iterator[None]:
        """Holds a place as long as the block lasts; ``check`` comes first."""
        self._taken[client] += 1
        try:
            yield
        finally:
            self._taken[client] -= 1
            if not self._taken[client]:
                del self._taken[client]

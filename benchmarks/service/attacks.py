"""What hostile and broken clients do to a service, each as a round that is repeated."""

import itertools
import re
import socket
import threading
import urllib.parse
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache

from benchmarks.service.hostile import HOSTILE

MOST_HELD = 1500
_TIMEOUT_S = 60
_JOB = re.compile(rb"/v1/jobs/[\w-]+")


@cache
def _hostile() -> tuple[bytes, ...]:
    return tuple(make() for make in HOSTILE.values())


@dataclass(slots=True)
class Victim:
    """A service, and what attackers know of it.

    Attributes:
        address: host and port, of this machine.
        photo: a PNG that it takes.
        held: connections that stay open until the attack ends, or 1,500 later ones are.
        ended: set when it ends.
        files: hostile files, in turn.
        rounds: how often an attack was made.
    """

    address: tuple[str, int]
    photo: bytes
    held: deque[socket.socket] = field(default_factory=deque)
    ended: threading.Event = field(default_factory=threading.Event)
    files: Iterator[bytes] = field(default_factory=lambda: itertools.cycle(_hostile()))
    rounds: int = 0

    def connect(self) -> socket.socket:
        return socket.create_connection(self.address, timeout=_TIMEOUT_S)

    def connect_and_hold(self) -> socket.socket:
        if len(self.held) >= MOST_HELD:
            self.held.popleft().close()
        connection = self.connect()
        self.held.append(connection)
        return connection

    def head(self, path: str, length: int) -> bytes:
        lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Content-Type: image/png"]
        return "\r\n".join([*lines, f"Content-Length: {length}", "", ""]).encode()

    def ask(self, path: str, body: bytes) -> bytes:
        """Sends a request and reads the answer until the service closes the connection."""
        head = self.head(path, len(body)).replace(b"Host:", b"Connection: close\r\nHost:")
        with self.connect() as connection, suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(head + body)
            return b"".join(iter(lambda: connection.recv(65_536), b""))
        return b""


def hostile_files(victim: Victim) -> None:
    """Uploads of files that would take a careless reader hours or gigabytes."""
    victim.ask("/v1/denoise", next(victim.files))


def stalled_downloads(victim: Victim) -> None:
    """Clients that ask for a photo and take nothing of the answer."""
    connection = victim.connect_and_hold()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.sendall(victim.head("/v1/denoise?strength=0", len(victim.photo)) + victim.photo)
    victim.ended.wait(0.1)


def listeners(victim: Victim) -> None:
    """A job whose events hundreds follow."""
    job = _JOB.search(victim.ask("/v1/jobs", victim.photo))
    for _ in range(100 if job else 0):
        assert job is not None
        events = b"GET " + job.group() + b"/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
        victim.connect_and_hold().sendall(events)


def results_never_fetched(victim: Victim) -> None:
    """Jobs whose results nobody takes."""
    victim.ask("/v1/jobs", victim.photo)


def unfinished_heads(victim: Victim) -> None:
    """Headers that never end."""
    victim.connect_and_hold().sendall(b"POST /v1/denoise HTTP/1.1\r\nHost: localhost\r\nSlow: ")
    victim.ended.wait(0.05)


def unfinished_uploads(victim: Victim) -> None:
    """Uploads that stop after some bytes."""
    victim.connect_and_hold().sendall(victim.head("/v1/denoise", 10_000_000) + victim.photo[:100])
    victim.ended.wait(0.05)


def idle_connections(victim: Victim) -> None:
    """Many connections on which nothing is said."""
    victim.connect_and_hold()
    victim.ended.wait(0.01)


def clients_that_leave(victim: Victim) -> None:
    """Requests whose clients are gone before the answer."""
    with victim.connect() as connection:
        connection.sendall(victim.head("/v1/denoise", len(victim.photo)) + victim.photo)


def no_http(victim: Victim) -> None:
    """Garbage, huge headers and bodies framed twice."""
    twice = b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nX"
    for said in (
        b"\x16\x03\x01" * 100,
        b"GET / HTTP/1.1\r\nHost: localhost\r\nLong: " + b"a" * 200_000,
        b"POST /v1/denoise HTTP/1.1\r\nHost: localhost\r\n" + twice,
    ):
        with victim.connect() as connection, suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(said)
            connection.recv(100)


def full_queue(victim: Victim) -> None:
    """More photos than the queue takes, without waiting between them."""
    victim.ask("/v1/denoise", victim.photo)


ATTACKS: Mapping[str, Callable[[Victim], None]] = {
    attack.__name__: attack
    for attack in (
        hostile_files,
        stalled_downloads,
        listeners,
        results_never_fetched,
        unfinished_heads,
        unfinished_uploads,
        idle_connections,
        clients_that_leave,
        no_http,
        full_queue,
    )
}


@contextmanager
def attacking(url: str, name: str, photo: bytes, attackers: int = 4) -> Iterator[Victim]:
    """An attack that goes on until the block ends; connections it holds are closed then."""
    parts = urllib.parse.urlsplit(url)
    assert parts.hostname == "127.0.0.1"
    assert parts.port is not None
    victim = Victim((parts.hostname, parts.port), photo)

    def attack() -> None:
        while not victim.ended.is_set():
            with suppress(OSError):  # refused, as it should be
                ATTACKS[name](victim)
            victim.rounds += 1

    threads = [threading.Thread(target=attack) for _ in range(attackers)]
    for thread in threads:
        thread.start()
    try:
        yield victim
    finally:
        victim.ended.set()
        for thread in threads:
            thread.join()
        for connection in victim.held:
            connection.close()

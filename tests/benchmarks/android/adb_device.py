"""The phone's side of adb's protocol, on loopback; the real adb client connects to it.

As AOSP's packages/modules/adb/protocol.txt and SYNC.TXT describe it: CNXN, AUTH, OPEN, OKAY, WRTE
and CLSE; the services shell, shell_v2 and sync (STAT and SEND).
"""

import contextlib
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

_VERSION = 0x01000001  # without checksums of the data
_MOST = 64 * 1024
_TOKEN = 1
_HEADER = struct.Struct("<4sIIIII")


class ConnectionCut(Exception):
    """Raised by a phone whose cable is pulled."""


class SimulatedPhone(Protocol):
    """What the transport asks."""

    authorized: bool

    def shell(self, command: str) -> tuple[str, int]:
        """Output and exit code."""

    def stores(self, path: str, content: bytes, mode: int) -> str | None:
        """Keeps a file that was pushed; the reason why not, or None."""

    def size(self, path: str) -> int | None:
        """Of a file that was pushed."""


@dataclass
class _Stream:
    """One service that the client has opened; ``out`` is sent piece by piece, as it is taken."""

    remote: int
    out: deque[bytes] = field(default_factory=deque)
    waiting: bool = False
    ends: bool = True
    sync: Callable[[bytes], Iterator[bytes]] | None = None


class AdbDevice:
    """Listens on a port of loopback until it is closed."""

    def __init__(self, phone: SimulatedPhone) -> None:
        self._phone = phone
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.serial = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._connections: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Ends all connections."""
        for one in (self._listener, *self._connections):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._connections.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ConnectionCut), connection:
            _Transport(connection, self._phone).run()


class _Transport:
    def __init__(self, connection: socket.socket, phone: SimulatedPhone) -> None:
        self._connection = connection
        self._reader = connection.makefile("rb")
        self._phone = phone
        self._streams: dict[int, _Stream] = {}
        self._next = 1

    def run(self) -> None:
        with self._reader:
            while header := self._reader.read(_HEADER.size):
                command, arg0, arg1, length, _, _ = _HEADER.unpack(header)
                data = self._reader.read(length)
                match command:
                    case b"CNXN" | b"AUTH" if not self._phone.authorized:
                        self._send(b"AUTH", _TOKEN, 0, b"t" * 20)
                    case b"CNXN":
                        banner = b"device::ro.product.name=simulated;features=shell_v2,cmd"
                        self._send(b"CNXN", _VERSION, _MOST, banner)
                    case b"OPEN":
                        self._open(arg0, data.rstrip(b"\0").decode())
                    case b"OKAY" if arg1 in self._streams:
                        self._streams[arg1].waiting = False
                        self._pump(arg1)
                    case b"WRTE" if arg1 in self._streams:
                        stream = self._streams[arg1]
                        self._send(b"OKAY", arg1, arg0)
                        if stream.sync is not None:
                            stream.out.extend(stream.sync(data))
                            self._pump(arg1)
                    case b"CLSE" if self._streams.pop(arg1, None):
                        self._send(b"CLSE", arg1, arg0)

    def _open(self, remote: int, service: str) -> None:
        local, self._next = self._next, self._next + 1
        stream = _Stream(remote)
        if service.startswith("shell,v2"):
            output, code = self._phone.shell(service.partition(":")[2])
            stream.out.extend(_framed(output.encode(), code))
        elif service.startswith("shell:"):
            output, _ = self._phone.shell(service.partition(":")[2])
            stream.out.append(output.encode())
            # A log is followed: it ends when the client closes it.
            stream.ends = "logcat" not in service
        elif service == "sync:":
            stream.sync = _Sync(self._phone).takes
            stream.ends = False
        else:
            self._send(b"CLSE", 0, remote)
            return
        self._streams[local] = stream
        self._send(b"OKAY", local, remote)
        self._pump(local)

    def _pump(self, local: int) -> None:
        stream = self._streams[local]
        if stream.waiting:
            return
        if stream.out:
            stream.waiting = True
            self._send(b"WRTE", local, stream.remote, stream.out.popleft())
        elif stream.ends:
            del self._streams[local]
            self._send(b"CLSE", local, stream.remote)

    def _send(self, command: bytes, arg0: int, arg1: int, data: bytes = b"") -> None:
        (word,) = struct.unpack("<I", command)
        head = _HEADER.pack(command, arg0, arg1, len(data), sum(data), word ^ 0xFFFFFFFF)
        self._connection.sendall(head + data)


class _Sync:
    """The sync service, which gets its requests in pieces of any length."""

    def __init__(self, phone: SimulatedPhone) -> None:
        self._phone = phone
        self._got = bytearray()
        self._path = ""
        self._mode = 0
        self._content = bytearray()

    def takes(self, data: bytes) -> Iterator[bytes]:
        """Answers to what is complete."""
        self._got += data
        while len(self._got) >= 8:
            name, length = struct.unpack_from("<4sI", self._got)
            body = 0 if name in (b"DONE", b"QUIT") else length
            if len(self._got) < 8 + body:
                return
            value = bytes(self._got[8 : 8 + body])
            del self._got[: 8 + body]
            if name == b"STAT":
                size = self._phone.size(value.decode())
                mode = 0 if size is None else 0o100644
                yield b"STAT" + struct.pack("<III", mode, size or 0, 0 if size is None else 1)
            elif name == b"SEND":
                self._path, _, bits = value.decode().rpartition(",")
                self._mode = int(bits)
                self._content.clear()
            elif name == b"DATA":
                self._content += value
            elif name == b"DONE":
                reason = self._phone.stores(self._path, bytes(self._content), self._mode)
                said = (reason or "").encode()
                yield (b"FAIL" if reason else b"OKAY") + struct.pack("<I", len(said)) + said


def _framed(output: bytes, code: int) -> Iterator[bytes]:
    for start in range(0, len(output), _MOST - 5):
        piece = output[start : start + _MOST - 5]
        yield struct.pack("<BI", 1, len(piece)) + piece
    yield struct.pack("<BIB", 3, 1, code)

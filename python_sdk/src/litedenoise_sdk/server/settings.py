"""How the service runs; validated once, frozen afterwards."""

import ipaddress
import math
import os
from dataclasses import dataclass, field
from pathlib import Path

from litedenoise_sdk.errors import OptionsError

_COUNTS = (
    *("workers", "uploads", "max_upload_bytes", "max_pixels", "connections", "downloads"),
    *("followers", "kept_jobs"),
)
_TIMES = (
    *("upload_timeout_s", "upload_limit_s", "time_limit_s", "grace_s", "stalled_s"),
    *("answer_limit_s", "keep_s"),
)


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where the service listens, and what it accepts.

    Attributes:
        host, port: address to listen on; port 0 takes any that is free.
        api_key: what clients must send as a bearer token; None only on loopback.
        workers: photos decoded, denoised and encoded at a time. Inference itself takes turns.
        waiting: photos that may wait for a worker; more get 429.
        uploads: bodies received at a time; more get 429.
        max_upload_bytes: larger bodies are refused.
        max_pixels: larger photos are refused before any memory is asked for.
        upload_timeout_s: silence after which an upload is abandoned, and the most time that a
            request's headers may take.
        upload_limit_s: the most time that a whole upload may take.
        time_limit_s: the most time that a photo may take.
        grace_s: longest that work in hand may take to end once the service is told to stop.
        connections: open at a time; further ones are answered 503.
        stalled_s: longest that a client may take nothing of an answer.
        answer_limit_s: longest that a whole answer may take to go out.
        downloads, followers: results that go out, and streams of events, at a time; further ones
            are answered 429. Where others can reach the service, each address has a quarter.
        kept_jobs: finished jobs whose results are kept; the oldest goes first.
        keep_s: how long a finished job is kept.
        threads, max_memory_mb: as for ``Denoiser``.
        web: folder that ``make web`` laid out, or ``installed_web()``; with it the page denoises on
            the device, too.

    Raises:
        OptionsError: a value outside its range, or no key on an address that others can reach.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    api_key: str | None = field(default=None, repr=False)
    workers: int = 2
    waiting: int = 16
    uploads: int = 32
    max_upload_bytes: int = 200_000_000
    max_pixels: int = 100_000_000
    upload_timeout_s: float = 15
    upload_limit_s: float = 300
    time_limit_s: float = 600
    grace_s: float = 25
    connections: int = 400
    stalled_s: float = 30
    answer_limit_s: float = 900
    downloads: int = 32
    followers: int = 128
    kept_jobs: int = 32
    keep_s: float = 900
    threads: int | None = None
    max_memory_mb: int | None = None
    web: str | os.PathLike[str] | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65_535:
            raise OptionsError(f"port must be from 0 to 65535; got {self.port}")
        for name in _COUNTS:
            if getattr(self, name) < 1:
                raise OptionsError(f"{name} must be at least 1; got {getattr(self, name)}")
        if self.web is not None and not (Path(self.web) / "device" / "denoiser.js").is_file():
            raise OptionsError(f"expected the folder of make web; {self.web} has no device/")
        if self.waiting < 0:
            raise OptionsError(f"waiting must be at least 0; got {self.waiting}")
        for name in _TIMES:
            seconds = getattr(self, name)
            if not (math.isfinite(seconds) and seconds > 0):
                raise OptionsError(f"{name} must be greater than 0; got {seconds}")
        if self.api_key is not None and not (self.api_key.isascii() and self.api_key.isprintable()):
            raise OptionsError("the API key must consist of printable ASCII characters")
        if self.api_key is not None and len(self.api_key) < 16:
            raise OptionsError("the API key must have at least 16 characters")
        if self.api_key is None and not self.on_loopback:
            raise OptionsError(
                f"{self.host} can be reached by others, so an API key is needed: set it in the "
                "environment variable LITEDENOISE_API_KEY, or listen on 127.0.0.1"
            )

    def share_of(self, places: int) -> int:
        """How many of some places one address may have."""
        return places if self.on_loopback else max(1, places // 4)

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the service."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

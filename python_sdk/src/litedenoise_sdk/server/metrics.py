"""What an operator watches, in Prometheus' text format."""

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

if TYPE_CHECKING:
    from litedenoise_sdk.server.uploads import Uploads
    from litedenoise_sdk.server.work_queue import WorkQueue

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)


class Metrics:
    """Counts of one running service."""

    def __init__(self, queue: "WorkQueue", uploads: "Uploads") -> None:
        self._registry = CollectorRegistry()
        self._answers = Counter(
            "litedenoise_requests",
            "Requests by route, method and status.",
            ["route", "method", "status"],
            registry=self._registry,
        )
        self._durations = Histogram(
            "litedenoise_request_seconds",
            "From the first byte of a request to the last of its answer.",
            ["route"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.pixels = Counter(
            "litedenoise_pixels", "Pixels of photos denoised.", registry=self._registry
        )
        for name, text, value in (
            ("litedenoise_photos_running", "Photos being denoised.", lambda: queue.running),
            ("litedenoise_photos_waiting", "Photos waiting for a worker.", lambda: queue.waiting),
            ("litedenoise_uploads_receiving", "Bodies coming in.", lambda: uploads.receiving),
        ):
            Gauge(name, text, registry=self._registry).set_function(value)

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Counts one answer."""
        self._answers.labels(route, method, str(status)).inc()
        self._durations.labels(route).observe(seconds)

    def text(self) -> bytes:
        """All of them."""
        return generate_latest(self._registry)

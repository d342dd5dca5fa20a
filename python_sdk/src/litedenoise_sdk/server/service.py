"""What the routes share while the service runs."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

from fastapi import Depends, Request

from litedenoise_sdk.server.denoisers import Denoisers
from litedenoise_sdk.server.jobs import Jobs
from litedenoise_sdk.server.metrics import Metrics
from litedenoise_sdk.server.places import Places
from litedenoise_sdk.server.settings import ServerSettings
from litedenoise_sdk.server.uploads import Uploads
from litedenoise_sdk.server.work_queue import WorkQueue

LAST_S = 2.0
"""For photos that were told to stop: a block, or the death of a process."""


class Service:
    """One running service; made inside its event loop."""

    def __init__(self, settings: ServerSettings) -> None:
        self.settings = settings
        self.uploads = Uploads(settings)
        self.queue = WorkQueue(settings.workers, settings.waiting)
        self.denoisers = Denoisers(settings)
        self.jobs = Jobs(settings, self.queue, self.denoisers)
        self.encoders = ThreadPoolExecutor(settings.workers, "litedenoise-encoder")
        self.downloads = _places("results are being taken", settings, settings.downloads)
        self.followers = _places("clients follow jobs", settings, settings.followers)
        self.stop_by: float | None = None
        """When what runs has to have ended, on the clock ``time.monotonic``; None until told to."""
        self.metrics = Metrics(self.queue, self.uploads)

    def close(self) -> None:
        """Drops the photos that wait, gives up those in work after the time of grace, and frees
        the memory; what cannot be stopped keeps it."""
        self.encoders.shutdown(wait=False, cancel_futures=True)
        self.jobs.cancel_waiting()
        now = time.monotonic()
        left_s = self.settings.grace_s if self.stop_by is None else self.stop_by - now
        if not self.queue.close(max(0.0, left_s)):
            self.jobs.cancel_all()
            if not self.queue.close(LAST_S):
                return
        self.denoisers.close()


def _places(what: str, settings: ServerSettings, most: int) -> Places:
    return Places(what, most, settings.share_of(most))


def running_service(request: Request) -> Service:
    """The service behind a request."""
    service: Service = request.app.state.service
    return service


def address_of(request: Request) -> str:
    """Where a request comes from, as far as that is known."""
    return request.client.host if request.client else ""


Running = Annotated[Service, Depends(running_service)]

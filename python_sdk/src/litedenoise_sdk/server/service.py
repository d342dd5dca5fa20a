"""What the routes share while the service runs."""

import asyncio
from typing import Annotated

from fastapi import Depends, Request

from litedenoise_sdk.server.denoisers import Denoisers
from litedenoise_sdk.server.jobs import Jobs
from litedenoise_sdk.server.metrics import Metrics
from litedenoise_sdk.server.settings import ServerSettings
from litedenoise_sdk.server.uploads import Uploads
from litedenoise_sdk.server.work_queue import WorkQueue


class Service:
    """One running service; made inside its event loop."""

    def __init__(self, settings: ServerSettings) -> None:
        self.settings = settings
        self.uploads = Uploads(settings)
        self.queue = WorkQueue(settings.workers, settings.waiting)
        self.denoisers = Denoisers(settings)
        self.jobs = Jobs(settings, self.queue, self.denoisers)
        self.encoding = asyncio.Semaphore(settings.workers)
        self.metrics = Metrics(self.queue, self.uploads)

    def close(self) -> None:
        """Finishes the photos in work, drops those waiting, and frees the memory."""
        self.jobs.cancel_waiting()
        self.queue.close()
        self.denoisers.close()


def running_service(request: Request) -> Service:
    """The service behind a request."""
    service: Service = request.app.state.service
    return service


Running = Annotated[Service, Depends(running_service)]

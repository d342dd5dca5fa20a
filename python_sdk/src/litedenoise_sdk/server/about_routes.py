"""What the service is, and how it is doing."""

from functools import cache
from typing import Any

from fastapi import APIRouter, Response

from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.server.descriptions import refusals
from litedenoise_sdk.server.messages import Health, Model, Models, Readiness
from litedenoise_sdk.server.metrics import MEDIA_TYPE
from litedenoise_sdk.server.parameters import SHIPPED
from litedenoise_sdk.server.problems import Problem
from litedenoise_sdk.server.service import Running

health_router = APIRouter(tags=["operation"])
router = APIRouter()

_BUSY_S = 60.0

_METRICS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Prometheus' text format",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
}


@health_router.get("/healthz", summary="Is it there", responses=refusals())
async def healthz() -> Health:
    """Answers as long as the service runs at all."""
    return Health()


@health_router.get("/readyz", summary="Does it take photos", responses=refusals(503))
async def readyz(service: Running) -> Readiness:
    """Refuses while the queue is full, or no worker has been free for a minute, so that a load
    balancer sends photos elsewhere."""
    queue = service.queue
    if queue.is_full:
        raise Problem(503, "queue-full", "as many photos wait as are taken on")
    if queue.busy_s > _BUSY_S:
        detail = f"no worker has been free for {queue.busy_s:.0f} s; {queue.waiting} photos wait"
        raise Problem(503, "no-worker-free", detail)
    return Readiness(free_workers=queue.free_workers, waiting=queue.waiting)


@router.get(
    "/metrics",
    tags=["operation"],
    summary="Counts for Prometheus",
    response_class=Response,
    responses={**_METRICS, **refusals()},
)
async def metrics(service: Running) -> Response:
    """Requests, durations, photos in work and waiting, pixels."""
    return Response(service.metrics.text(), media_type=MEDIA_TYPE)


@router.get("/v1/models", tags=["denoise"], summary="The networks", responses=refusals())
def models() -> Models:
    """What `precision` can be, and what is behind each."""
    return _models()


@cache
def _models() -> Models:
    found = []
    for precision in SHIPPED:
        sidecar = load_released(precision).sidecar
        found.append(
            Model(
                precision=precision,
                name=sidecar.name,
                network=sidecar.network,
                parameters=sidecar.parameters,
                sha256=sidecar.sha256,
                licence=sidecar.licence,
                halo_px=sidecar.halo_px,
            )
        )
    return Models(models=found)

"""``/v1/jobs``: photos that are worked on while their client does something else."""

import os
from collections.abc import AsyncIterator
from typing import Annotated, BinaryIO

import numpy as np
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from litedenoise_sdk.server.answers import picture_answer
from litedenoise_sdk.server.denoise_route import refuse_if_full
from litedenoise_sdk.server.descriptions import PICTURE, photo_body, refusals, upload_refusals
from litedenoise_sdk.server.jobs import Job
from litedenoise_sdk.server.messages import JobStatus
from litedenoise_sdk.server.parameters import BlendParameters, ModelParameters, merged
from litedenoise_sdk.server.problems import Problem
from litedenoise_sdk.server.service import Running, address_of
from litedenoise_sdk.server.uploads import on_disk_at_all
from litedenoise_sdk.server.waiting import finished
from litedenoise_sdk.server.work import Encoded, Watch, encode_photo, mixed

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


def found_job(
    service: Running,
    job_id: Annotated[str, Path(min_length=1, max_length=64, examples=["mV2QcF3m9kRkYw0eJrXhPw"])],
) -> Job:
    """The job that a path names."""
    return service.jobs.find(job_id)


FoundJob = Annotated[Job, Depends(found_job)]


@router.post(
    "",
    status_code=202,
    summary="Start a job",
    responses={
        202: {"headers": {"Location": {"schema": {"type": "string"}, "description": "the job"}}},
        **upload_refusals(),
    },
    openapi_extra=photo_body(ModelParameters),
)
async def start(
    request: Request,
    response: Response,
    service: Running,
    queried: Annotated[ModelParameters, Query()],
) -> JobStatus:
    """The photo as for `/v1/denoise`. Strength and format are chosen when the result is taken."""
    await refuse_if_full(request, service)
    async with service.uploads.receive(request) as upload:
        parameters = merged(queried, upload.fields)
        client = address_of(request)
        job = service.jobs.start(duplicate(upload.file), upload.name, parameters, client)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job.status


@router.get("/{job_id}", summary="How far a job is", responses=refusals(404))
async def status(job: FoundJob) -> JobStatus:
    """The same as the last event."""
    return job.status


async def _follower(request: Request, service: Running) -> str:
    client = address_of(request)
    service.followers.check(client)
    return client


async def _download(request: Request, service: Running) -> str:
    client = address_of(request)
    service.downloads.check(client)
    return client


@router.get(
    "/{job_id}/events",
    summary="Follow a job",
    response_class=EventSourceResponse,
    responses=refusals(404, 429),
)
async def events(
    job: FoundJob, service: Running, client: Annotated[str, Depends(_follower)]
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events, each named after the job's state, with its status as data: one now, one
    after every block, and a last one when the job is done, failed or cancelled."""
    with service.followers.taken(client):
        async for change in service.jobs.changes(job):
            yield ServerSentEvent(event=change.state, data=change)


@router.get(
    "/{job_id}/result",
    summary="Take the result",
    response_class=StreamingResponse,
    responses={**PICTURE, **refusals(404, 409, 413, 429)},
)
async def result(
    request: Request,
    job: FoundJob,
    service: Running,
    parameters: Annotated[BlendParameters, Query()],
    client: Annotated[str, Depends(_download)],
) -> StreamingResponse:
    """Can be fetched any number of times, with a different strength or format each time; nothing is
    computed again.
    Strength 0 is the photo as it was, upright."""
    denoised = job.denoised
    if denoised is None:
        detail = f"the job is {job.state}; a result is there when it is done"
        raise Problem(409, "not-finished", detail)

    watch = Watch(service.settings.time_limit_s)

    def encode() -> Encoded:
        out = np.empty_like(denoised.pixels, subok=False)
        photo = mixed(denoised, parameters.chosen_strength, out)
        return encode_photo(photo, parameters.chosen_format, watch)

    encoded = await finished(request, service.encoders.submit(encode), watch)
    place = service.downloads.taken(client)
    return picture_answer(denoised, encoded, job.name, service.settings.answer_limit_s, place)


@router.delete("/{job_id}", status_code=204, summary="Cancel or forget", responses=refusals(404))
async def cancel(job: FoundJob, service: Running) -> None:
    """Stops a running job after its current block; a finished job is deleted with its result."""
    service.jobs.cancel(job)


def duplicate(file: BinaryIO) -> BinaryIO:
    """The same open file once more, so that one can be closed.

    Raises:
        Problem: there is no room for it.
    """
    copy = os.fdopen(os.dup(on_disk_at_all(file).fileno()), "rb")
    copy.seek(0)
    return copy

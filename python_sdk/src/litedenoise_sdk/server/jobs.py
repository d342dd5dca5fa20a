"""Photos that are denoised while their client does something else."""

import asyncio
import contextlib
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import BinaryIO

from litedenoise_sdk.errors import Cancelled
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.plan_and_report import DenoisePlan
from litedenoise_sdk.progress import Progress
from litedenoise_sdk.server.denoisers import Denoisers
from litedenoise_sdk.server.messages import JobState, JobStatus, Noise, ProcessorUsed
from litedenoise_sdk.server.parameters import ModelParameters
from litedenoise_sdk.server.problems import Problem, ProblemDetails, as_problem
from litedenoise_sdk.server.settings import ServerSettings
from litedenoise_sdk.server.work import DenoisedPhoto, Watch, denoise_photo, on_disk, read_photo
from litedenoise_sdk.server.work_queue import WorkQueue

OVER: frozenset[JobState] = frozenset({"done", "failed", "cancelled"})


@dataclass(slots=True, eq=False)
class Job:
    """One photo. Its worker writes to it; the event loop reads and is told of every change."""

    id: str
    client: str
    name: str | None
    parameters: ModelParameters
    state: JobState
    watch: Watch
    plan: DenoisePlan | None = None
    done_blocks: int = 0
    total_blocks: int = 0
    denoised: DenoisedPhoto | None = None
    problem: ProblemDetails | None = None
    ended_at: float | None = None
    future: "Future[None] | None" = None

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def status(self) -> JobStatus:
        """What a client is told."""
        plan, denoised = self.plan, self.denoised
        report = denoised.report if denoised else None
        noise = denoised.noise if denoised else None
        # A result that was still there had no plan.
        size = plan.photo if plan else denoised and Size(*denoised.photo.pixels.shape[:2])
        return JobStatus(
            id=self.id,
            state=self.state,
            done_blocks=self.done_blocks,
            total_blocks=self.total_blocks,
            rows=plan.rows if plan else None,
            columns=plan.columns if plan else None,
            width=size.width if size else None,
            height=size.height if size else None,
            format=denoised.photo.metadata.format if denoised else None,
            decode_ms=_milliseconds(denoised.decode_s) if denoised else None,
            inference_ms=_milliseconds(denoised.inference_s) if denoised else None,
            accelerator=ProcessorUsed.of(report) if report else None,
            noise=Noise.of(noise) if noise else None,
            problem=self.problem,
        )


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1e3, 1)


class Jobs:
    """All jobs, and the results of those that have finished."""

    def __init__(self, settings: ServerSettings, queue: WorkQueue, denoisers: Denoisers) -> None:
        self._settings = settings
        self._queue = queue
        self._denoisers = denoisers
        self._jobs: dict[str, Job] = {}
        self._changed = asyncio.Condition()
        self._loop = asyncio.get_running_loop()

    def start(
        self, file: BinaryIO, name: str | None, parameters: ModelParameters, client: str
    ) -> Job:
        """Queues a photo of a client's, and closes its file when the work is over.

        Raises:
            Problem: 429, the queue is full.
        """
        self.forget_old()
        job = Job(
            id=secrets.token_urlsafe(16),
            client=client,
            name=name,
            parameters=parameters,
            state="queued",
            watch=Watch(self._settings.time_limit_s),
        )
        job.watch = Watch(
            self._settings.time_limit_s,
            lambda progress: self._on_progress(job, progress),
            lambda plan: self._on_plan(job, plan),
        )
        try:
            job.future = self._queue.submit(lambda: self._run(job, file))
        except Problem:
            file.close()
            raise
        # A job that never ran, as the service was stopped, gives its file back, too.
        job.future.add_done_callback(lambda _: file.close())
        self._jobs[job.id] = job
        return job

    def find(self, id: str) -> Job:
        """Raises Problem 404 if there is no such job, or if it has expired."""
        self.forget_old()
        job = self._jobs.get(id)
        if job is None:
            detail = "there is no such job; finished ones are kept for a while only"
            raise Problem(404, "no-such-job", detail)
        return job

    def cancel(self, job: Job) -> None:
        """Stops a job after its current block, and deletes its result."""
        job.watch.cancel()
        if job.future is not None and job.future.cancel():
            self._end(job, "cancelled")
        elif job.is_over:
            self._jobs.pop(job.id, None)

    async def changes(self, job: Job) -> AsyncIterator[JobStatus]:
        """The status now and after every change, the last when the job is over."""
        seen: JobStatus | None = None
        while True:
            async with self._changed:
                while job.status == seen:
                    await self._changed.wait()
                seen = job.status
            yield seen
            # Not job.is_over: that may have come about since.
            if seen.state in OVER:
                return

    def forget_old(self) -> None:
        """Frees results that have expired, and the oldest ones above the limit."""
        now = time.monotonic()
        over = [job for job in list(self._jobs.values()) if job.ended_at is not None]
        over.sort(key=lambda job: job.ended_at or now)
        for job in [job for job in over if now - (job.ended_at or now) >= self._settings.keep_s]:
            over.remove(job)
            self._jobs.pop(job.id, None)
        while len(over) > self._settings.kept_jobs:
            # The oldest of whoever has most, so that nobody's results push out all others'.
            (greediest, _), *_ = Counter(job.client for job in over).most_common(1)
            job = next(job for job in over if job.client == greediest)
            over.remove(job)
            self._jobs.pop(job.id, None)

    def cancel_waiting(self) -> None:
        """Drops waiting jobs."""
        for job in list(self._jobs.values()):
            if job.state == "queued":
                self.cancel(job)

    def cancel_all(self) -> None:
        """Gives up what runs."""
        for job in list(self._jobs.values()):
            if not job.is_over:
                self.cancel(job)

    def _run(self, job: Job, file: BinaryIO) -> None:
        try:
            job.state = "running"
            photo, decode_s = read_photo(file, self._settings.max_pixels, job.watch)
            denoised = denoise_photo(photo, decode_s, job.parameters, self._denoisers, job.watch)
            alpha = photo.alpha
            kept = replace(
                photo,
                pixels=on_disk(photo.pixels),
                alpha=None if alpha is None else on_disk(alpha),
            )
            job.denoised = replace(denoised, photo=kept, pixels=on_disk(denoised.pixels))
        except Exception as error:
            if isinstance(error, Cancelled) or job.watch.is_cancelled:
                self._end(job, "cancelled")
                return
            # Not the error itself, whose traceback holds the pixels.
            job.problem = as_problem(error).details
            self._end(job, "failed")
        else:
            self._end(job, "done")

    def _end(self, job: Job, state: JobState) -> None:
        job.watch.release()
        job.ended_at = time.monotonic()
        job.state = state
        self._tell()
        with contextlib.suppress(RuntimeError):  # the loop is gone, and all results with it
            self._loop.call_soon_threadsafe(
                self._loop.call_later, self._settings.keep_s, self.forget_old
            )

    def _on_plan(self, job: Job, plan: DenoisePlan) -> None:
        job.plan = plan

    def _on_progress(self, job: Job, progress: Progress) -> None:
        job.done_blocks, job.total_blocks = progress.done_blocks, progress.total_blocks
        self._tell()

    def _tell(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody listens
            asyncio.run_coroutine_threadsafe(self._notify(), self._loop)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

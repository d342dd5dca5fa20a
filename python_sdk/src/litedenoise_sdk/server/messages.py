"""What the service says, as the schemas of its OpenAPI description."""

from typing import Literal, Self

from pydantic import BaseModel, Field

from litedenoise_sdk.imageio import Format
from litedenoise_sdk.noise import RemovedNoise
from litedenoise_sdk.options import Precision
from litedenoise_sdk.runtime.protocol import RunReport
from litedenoise_sdk.server.problems import ProblemDetails

JobState = Literal["queued", "running", "done", "failed", "cancelled"]


class Health(BaseModel):
    """The service is running."""

    status: Literal["ok"] = "ok"


class Readiness(Health):
    """The service takes photos."""

    free_workers: int = Field(description="workers that wait for a photo")
    waiting: int = Field(description="photos that wait for a worker")


class Model(BaseModel):
    """A network to denoise photos with."""

    precision: Precision
    name: str = Field(examples=["litedenoisenet-fp32"])
    network: str = Field(examples=["LiteDenoiseNet"])
    parameters: int = Field(description="weights and biases")
    sha256: str = Field(description="checksum of the model file")
    licence: str = Field(description="SPDX identifier", examples=["Apache-2.0"])
    halo_px: int = Field(description="context around what a block keeps")


class Models(BaseModel):
    """Every network to denoise photos with."""

    models: list[Model]


class ProcessorUsed(BaseModel):
    """What a photo ran on."""

    requested: str = Field(examples=["auto"])
    actual: str = Field(examples=["cpu"])
    device: str | None = Field(
        description="what runs under that name, where it does not say it all",
        examples=["OpenVINO's CPU device"],
    )
    reason: str
    accelerated_operators: int
    total_operators: int
    precision: Precision
    threads: int
    block_height: int
    block_width: int

    @classmethod
    def of(cls, report: RunReport) -> Self:
        return cls(
            requested=report.requested,
            actual=report.actual,
            device=report.device,
            reason=report.reason,
            accelerated_operators=report.accelerated_operators,
            total_operators=report.total_operators,
            precision=report.precision,
            threads=report.threads,
            block_height=report.block.height,
            block_width=report.block.width,
        )


class Noise(BaseModel):
    """Standard deviation of the noise that the network took away, in levels of 255."""

    luma: float = Field(description="of brightness")
    chroma: float = Field(description="of colour")
    is_clean: bool = Field(description="whether there was next to nothing to remove")

    @classmethod
    def of(cls, noise: RemovedNoise) -> Self:
        return cls(luma=noise.luma, chroma=noise.chroma, is_clean=noise.is_clean)


class JobStatus(BaseModel):
    """How far a photo has got."""

    id: str
    state: JobState
    done_blocks: int = Field(description="blocks finished")
    total_blocks: int = Field(description="of how many; 0 before the first")
    rows: int | None = Field(description="blocks down, where known")
    columns: int | None = Field(description="blocks across, where known")
    width: int | None = Field(description="of the upright photo, in pixels")
    height: int | None = Field(description="of the upright photo, in pixels")
    format: Format | None = Field(description="of the photo's file")
    decode_ms: float | None
    inference_ms: float | None = Field(
        description="includes waiting for its turn; null if the result was cached"
    )
    accelerator: ProcessorUsed | None
    noise: Noise | None
    problem: ProblemDetails | None = Field(description="why it failed")

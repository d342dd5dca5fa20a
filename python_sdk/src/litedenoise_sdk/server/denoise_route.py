"""``POST /v1/denoise``: a photo in, the denoised photo out."""

from dataclasses import replace
from typing import Annotated, BinaryIO

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from litedenoise_sdk.server.answers import picture_answer
from litedenoise_sdk.server.descriptions import PICTURE, photo_body, upload_refusals
from litedenoise_sdk.server.parameters import DenoiseParameters, merged
from litedenoise_sdk.server.problems import Problem
from litedenoise_sdk.server.service import Running, Service, address_of
from litedenoise_sdk.server.uploads import discard, on_disk_at_all
from litedenoise_sdk.server.waiting import finished
from litedenoise_sdk.server.work import (
    DenoisedPhoto,
    Encoded,
    Watch,
    denoise_photo,
    encode_photo,
    mixed,
    read_photo,
)

router = APIRouter()


@router.post(
    "/v1/denoise",
    tags=["denoise"],
    summary="Denoise one photo",
    response_class=StreamingResponse,
    responses={**PICTURE, **upload_refusals()},
    openapi_extra=photo_body(DenoiseParameters),
)
async def denoise(
    request: Request, service: Running, queried: Annotated[DenoiseParameters, Query()]
) -> StreamingResponse:
    """The photo as a form with the field `image`, or as the body itself. Parameters come in the
    query or as further fields of the form. The answer is a file of the same format with the
    photo's metadata, unless `format` names another."""
    await refuse_if_full(request, service)
    async with service.uploads.receive(request) as upload:
        parameters = merged(queried, upload.fields)
        watch = Watch(service.settings.time_limit_s)
        if await request.is_disconnected():  # nobody waits for what a worker would begin
            raise Problem(409, "cancelled", "the client left before the photo was denoised")
        file = on_disk_at_all(upload.file)
        future = service.queue.submit(lambda: _work(service, file, parameters, watch))
        denoised, encoded = await finished(request, future, watch)
    if denoised.report:
        service.metrics.pixels.inc(denoised.photo.size.area)
    limit_s = service.settings.answer_limit_s
    place = service.downloads.taken(address_of(request))
    return picture_answer(denoised, encoded, upload.name, limit_s, place)


async def refuse_if_full(request: Request, service: Service) -> None:
    """Says 429 at once rather than after the upload."""
    try:
        service.queue.check_room()
    except Problem:
        await discard(request)
        raise


def _work(
    service: Service, file: BinaryIO, parameters: DenoiseParameters, watch: Watch
) -> tuple[DenoisedPhoto, Encoded]:
    denoised = _mixed_in_place(service, file, parameters, watch)
    return denoised, encode_photo(denoised.photo, parameters.chosen_format, watch)


def _mixed_in_place(
    service: Service, file: BinaryIO, parameters: DenoiseParameters, watch: Watch
) -> DenoisedPhoto:
    """A function of its own, so that the noisy pixels give their room to the encoder."""
    photo, decode_s = read_photo(file, service.settings.max_pixels, watch)
    strength = parameters.chosen_strength
    if strength.is_none:
        return DenoisedPhoto(photo, photo.pixels, None, None, decode_s, 0.0)
    denoised = denoise_photo(photo, decode_s, parameters, service.denoisers, watch)
    return replace(denoised, photo=mixed(denoised, strength, denoised.pixels))

"""Reads what the bot sends: JSON, or multipart with files beside it."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from tests.loopback.errors import ApiError
from tests.loopback.records import JSON, Upload


@dataclass(frozen=True, slots=True)
class Form:
    """A payload and the files that came with it, by the number the payload gives them."""

    payload: JSON
    files: dict[str, Upload] = field(default_factory=dict[str, Upload])

    def inner(self) -> "Form":
        """Return the message inside the response to an interaction."""
        return Form(self.payload.get("data") or {}, self.files)


async def read_form(request: web.Request) -> Form:
    """Read the body of a request.

    Raises:
        ApiError: it is neither JSON nor multipart with a `payload_json`.
    """
    if request.content_type.startswith("multipart/"):
        return await _read_multipart(request)
    return Form(await read_json(request))


async def read_json(request: web.Request) -> Any:
    if not request.can_read_body:
        return {}
    try:
        return await request.json()
    except ValueError as error:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from error


async def _read_multipart(request: web.Request) -> Form:
    payload: JSON = {}
    files: dict[str, Upload] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.name == "payload_json":
            payload = json.loads(await part.text())
        elif part.name and part.name.startswith("files["):
            number = part.name.removeprefix("files[").removesuffix("]")
            files[number] = await _read_upload(part)
    # In the response to an interaction, the message lies inside.
    message = payload.get("data") or payload
    described = {str(given["id"]): given for given in message.get("attachments", [])}
    named = {
        number: Upload(
            described.get(number, {}).get("filename", upload.filename),
            upload.content,
            upload.content_type,
            described.get(number, {}).get("description"),
        )
        for number, upload in files.items()
    }
    return Form(payload, named)


async def _read_upload(part: BodyPartReader) -> Upload:
    content_type = part.headers.get("Content-Type", "application/octet-stream")
    return Upload(part.filename or "unknown", bytes(await part.read()), content_type)

"""JSON answers with the exact content type of Discord's."""

import json
from typing import Any

from aiohttp import web


def json_answer(payload: Any, status: int = 200) -> web.Response:
    # The client compares the whole header: with a charset it would not read JSON.
    headers = {"Content-Type": "application/json"}
    return web.Response(body=json.dumps(payload).encode(), status=status, headers=headers)

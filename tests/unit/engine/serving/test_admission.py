"""The door of the engine when it closes."""

import asyncio
import time

import pytest

from engine.errors import EngineClosedError
from engine.serving.admission import AdmissionController


async def test_a_request_that_is_late_just_then_keeps_no_door_from_closing() -> None:
    admission = AdmissionController("dino", 2, 0.2, 1.0, [])
    begun: list[object] = []

    async def stay() -> None:
        async with admission.admit(None):
            await asyncio.sleep(60)

    def close() -> None:
        closing = admission.close(1.0)
        begun.append(closing.send(None))
        closing.close()

    staying = asyncio.create_task(stay())
    await asyncio.sleep(0)
    # Both timers are due when the loop goes on: the door closes between the end of the time and
    # the moment that the request hears of it.
    asyncio.get_running_loop().call_later(0.2, close)
    time.sleep(0.5)  # noqa: ASYNC251

    with pytest.raises(EngineClosedError):
        await staying
    assert len(begun) == 1

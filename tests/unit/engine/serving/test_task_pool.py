"""Tasks of members in real threads, held up at gates."""

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from engine.errors import DeadlineExceededError, EngineClosedError, OverloadedError
from engine.serving.task_pool import TaskPool


@pytest_asyncio.fixture
async def pool() -> AsyncIterator[TaskPool]:
    pool = TaskPool("tests", limit=6, deadline_seconds=60.0)
    yield pool
    await pool.close()


@pytest.fixture
def gate() -> threading.Event:
    return threading.Event()


async def _busy(pool: TaskPool, gate: threading.Event, group: int = 99) -> asyncio.Task[bool]:
    """Occupy the thread of a pool until the gate opens."""
    begun = threading.Event()

    def hold() -> bool:
        begun.set()
        return gate.wait()

    task = asyncio.create_task(pool.run(group, hold))
    await asyncio.to_thread(begun.wait)
    return task


async def test_a_task_gives_its_result_or_its_error(pool: TaskPool) -> None:
    assert await pool.run(1, divmod, 7, 2) == (3, 1)
    assert await pool.run(None, lambda: None) is None
    with pytest.raises(ZeroDivisionError):
        await pool.run(1, divmod, 7, 0)


async def test_guilds_take_turns(pool: TaskPool, gate: threading.Event) -> None:
    done: list[str] = []
    holding = await _busy(pool, gate)
    crowd = [asyncio.create_task(pool.run(1, done.append, f"crowd {n}")) for n in range(3)]
    await asyncio.sleep(0)
    single = asyncio.create_task(pool.run(2, done.append, "single"))
    await asyncio.sleep(0)
    gate.set()
    await asyncio.wait({holding, *crowd, single})

    assert done.index("single") == 1


async def test_one_guild_gets_half_of_the_pool(pool: TaskPool, gate: threading.Event) -> None:
    holding = await _busy(pool, gate, group=1)
    more = [asyncio.create_task(pool.run(1, int)) for _ in range(2)]
    await asyncio.sleep(0)

    with pytest.raises(OverloadedError):
        await pool.run(1, int)
    other = asyncio.create_task(pool.run(2, int))
    gate.set()
    await asyncio.wait({holding, *more, other})
    assert other.result() == 0


async def test_a_task_ends_by_its_deadline_and_others_go_on(gate: threading.Event) -> None:
    pool = TaskPool("tests", deadline_seconds=0.2, stall_seconds=0.0)
    holding = await _busy(pool, gate)

    with pytest.raises(DeadlineExceededError):
        await holding
    assert await pool.run(1, int) == 0
    gate.set()
    await pool.close()


async def test_a_task_that_waits_past_its_deadline_is_never_begun(gate: threading.Event) -> None:
    pool = TaskPool("tests", deadline_seconds=0.2)
    done: list[int] = []
    holding = await _busy(pool, gate)
    late = asyncio.create_task(pool.run(1, done.append, 1))

    results = await asyncio.gather(holding, late, return_exceptions=True)
    gate.set()
    await pool.close()

    assert [type(result) for result in results] == [DeadlineExceededError] * 2
    assert done == []


async def test_a_closed_pool_takes_no_tasks(pool: TaskPool) -> None:
    await pool.close()

    with pytest.raises(EngineClosedError):
        await pool.run(1, int)

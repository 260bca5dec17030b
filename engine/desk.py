"""Where wishes for poems wait for the one thread that owns the network.

The thread loads TensorFlow and the network, and warms it up; then it writes what waits, several
poems in one batch. An accepted wish ends exactly once, whatever happens.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from engine.errors import EngineBusyError, EngineClosedError
from engine.poems import Draft, Poet
from engine.requests import Poem, PoemRequest

Wish = tuple[PoemRequest, Future[Poem]]

log = logging.getLogger(__name__)

_RETRY_AFTER_SECONDS = 5.0
_HEAD_START_SECONDS = 1.0


class PoemDesk:
    """Takes wishes from any thread and answers them in its own.

    Args:
        load: gives the poet, warmed up. It runs in the desk's thread, is told how to ask whether
            no one will want it any more, and raises what every wish is then answered with.
        limit: wishes that are accepted and not answered, at most.
        head_start_seconds: how long the thread leaves the processor to others before it loads,
            unless a wish comes; a desk that is closed before has loaded nothing.
    """

    def __init__(
        self,
        load: Callable[[Callable[[], bool]], Poet],
        limit: int,
        head_start_seconds: float = _HEAD_START_SECONDS,
    ) -> None:
        self._load = load
        self._limit = limit
        self._head_start_seconds = head_start_seconds
        self._waiting: dict[Future[Poem], PoemRequest] = {}
        self._accepted = 0
        self._is_closed = False
        self._changed = threading.Condition()
        self._loaded = threading.Event()
        # Not a daemon: TensorFlow must not be torn down under a thread that is in it.
        self._thread = threading.Thread(target=self._serve, name="poems")

    def open(self) -> None:
        """Start the thread, unless the first wish has done so."""
        with self._changed:
            self._start()

    def _start(self) -> None:
        if self._thread.ident is None:
            self._thread.start()

    @property
    def is_ready(self) -> bool:
        """Whether a wish is answered at once, with a poem or with the reason why there is none."""
        return self._loaded.is_set()

    def submit(self, request: PoemRequest) -> Future[Poem]:
        """Accept a wish.

        Raises:
            EngineBusyError: too many are waiting.
            EngineClosedError: the desk is closed.
        """
        future: Future[Poem] = Future()
        with self._changed:
            if self._is_closed:
                raise EngineClosedError
            if self._accepted >= self._limit:
                raise EngineBusyError(_RETRY_AFTER_SECONDS)
            self._accepted += 1
            self._waiting[future] = request
            self._start()
            self._changed.notify()
        future.add_done_callback(self._release)
        return future

    def close(self) -> None:
        """Accept no more, and wait for what was accepted."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join()

    def _release(self, future: Future[Poem]) -> None:
        with self._changed:
            self._accepted -= 1
            self._waiting.pop(future, None)

    def _is_called(self) -> bool:
        return bool(self._waiting) or self._is_closed

    def _is_idle_for_good(self) -> bool:
        with self._changed:
            return self._is_closed and not self._accepted

    def _serve(self) -> None:
        with self._changed:
            self._changed.wait_for(self._is_called, self._head_start_seconds)
        try:
            if self._is_idle_for_good():
                raise EngineClosedError
            poet = self._load(self._is_idle_for_good)
        except Exception as error:
            self._refuse_all(error)
            return
        self._loaded.set()
        while taken := self._take(poet.decoder.batches[-1]):
            answer(poet, taken)

    def _refuse_all(self, error: Exception) -> None:
        if not isinstance(error, EngineClosedError):
            log.warning("No poems: %s", error)
        self._loaded.set()
        while taken := self._take(1):
            taken[0][1].set_exception(error)

    def _take(self, most: int) -> list[Wish]:
        """Wait for wishes; return some that are still wanted, or none once the desk is closed."""
        wanted: list[Wish] = []
        while not wanted:
            with self._changed:
                self._changed.wait_for(self._is_called)
                if not self._waiting:
                    return []
                taken = [(self._waiting[future], future) for future in self._waiting][:most]
                for _, future in taken:
                    del self._waiting[future]
            wanted = [wish for wish in taken if wish[1].set_running_or_notify_cancel()]
        return wanted


def answer(poet: Poet, wishes: Sequence[Wish]) -> None:
    """Answer wishes in one batch; each future ends, with its poem or an error."""
    drafts: list[tuple[Draft, Future[Poem]]] = []
    for request, future in wishes:
        try:
            drafts.append((poet.prepare(request), future))
        except Exception as error:
            future.set_exception(error)
    try:
        results = poet.write([draft for draft, _ in drafts]) if drafts else []
    except Exception as error:
        log.exception("A batch of %d poems failed", len(drafts))
        for _, future in drafts:
            future.set_exception(error)
        return
    for (_, future), result in zip(drafts, results, strict=True):
        if isinstance(result, Poem):
            future.set_result(result)
        else:
            future.set_exception(result)

"""The batch writer: takes events without I/O and brings them to a store from a thread of its own."""

import logging
import threading
from queue import Empty, SimpleQueue
from typing import Final, final

from cellwall.runtime.analytics.buffering import Buffering, WhenFull
from cellwall.runtime.analytics.event import AnalyticsEvent
from cellwall.runtime.analytics.pending import Pending
from cellwall.runtime.analytics.process import close_at_exit, start_anew_in_children
from cellwall.runtime.analytics.stats import AnalyticsStats
from cellwall.runtime.analytics.store import AnalyticsStore
from cellwall.runtime.errors import StoreUnavailableError

_log: Final = logging.getLogger("cellwall.analytics")


@final
class BatchWriter:
    """Keeps the order of tracking; writes when a batch is full, after a while, and when asked to.

    A child process starts with nothing waiting: those events are its parent's.
    """

    def __init__(self, store: AnalyticsStore, buffering: Buffering) -> None:
        self._store = store
        self._buffering = buffering
        self._pending = Pending(buffering.events, buffering.per_user)
        self._written = self._dropped = self._refused = 0
        self._ended = False
        self._failing = False
        self._start()
        start_anew_in_children(self)
        close_at_exit(self)

    def _start(self) -> None:
        self._room = threading.Condition()  # guards what waits and the counters; held for no I/O
        self._writing = threading.Lock()  # held while a batch is written, so that order is kept
        # Not an Event: the garbage collector may call `abandon` amid any line of any thread,
        # and of all that wakes a thread only a SimpleQueue bears that.
        self._signals: SimpleQueue[None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def after_fork(self) -> None:
        """Start with nothing waiting, no thread, and locks that nobody holds."""
        self._start()
        self._pending.clear()

    @property
    def stats(self) -> AnalyticsStats:
        """The counts of this moment."""
        with self._room:
            return AnalyticsStats(self._written, len(self._pending), self._dropped, self._refused)

    def add(self, event: AnalyticsEvent) -> None:
        """Queue `event`; where there is no room, wait for some as long as the store takes events.

        Raises:
            StoreUnavailableError: there is no room and the policy is to refuse, or the log is closed.
        """
        with self._room:
            if not self._queue(event):
                self._signals.put(None)
                if self._failing or not self._room.wait_for(
                    lambda: self._queue(event), self._buffering.room_seconds
                ):
                    self._give_up(event)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="cellwall-analytics", daemon=True)
                self._thread.start()

    def flush(self) -> None:
        """Bring what waited at this moment to the store.

        Raises:
            StoreUnavailableError: some of it could not be brought; it goes on waiting.
        """
        with self._writing:
            self._bring_all()

    def close(self) -> None:
        """Bring what waits to the store and stop; what it does not take now is dropped and counted."""
        self._ended = True
        self._signals.put(None)
        self._finish()
        if self._thread is not None:
            self._thread.join()

    def abandon(self) -> None:
        """Stop like `close`, in the writer's own thread: for a log that nobody uses any more."""
        self._ended = True
        self._signals.put(None)

    def _queue(self, event: AnalyticsEvent) -> bool:
        if self._ended:
            raise StoreUnavailableError("the analytics log is closed; make a new AnalyticsLog")
        if not self._pending.add(event):
            return False
        if len(self._pending) % self._buffering.batch == 0 and not self._failing:
            self._signals.put(None)
        return True

    def _give_up(self, event: AnalyticsEvent) -> None:
        text = f"no room for event {event.name!r}: the analytics store takes too few events"
        if self._buffering.when_full is WhenFull.REFUSE:
            raise StoreUnavailableError(f"{text}; try again later")
        self._dropped += 1
        if self._dropped == 1:
            _log.warning("%s; it is dropped and counted, as all that follow", text)

    def _bring_all(self) -> None:
        left = len(self._pending)
        while left > 0:
            batch = self._pending.oldest(min(left, self._buffering.batch))
            self._bring(batch)
            left -= len(batch)

    def _bring(self, batch: list[AnalyticsEvent]) -> None:
        try:
            self._store.write(batch)
        except (StoreUnavailableError, OSError) as error:
            self._failing = True
            if isinstance(error, StoreUnavailableError):
                raise
            raise StoreUnavailableError(f"the analytics store cannot be reached: {error}") from error
        except Exception as error:
            if len(batch) == 1:
                _log.warning("event %s is refused by its store: %s", batch[0].event_id, type(error).__name__)
                self._settle(refused=1)
                return
            for event in batch:  # one that the store cannot hold must not stop those of other users
                self._bring([event])
        else:
            self._failing = False
            self._settle(written=len(batch))

    def _settle(self, *, written: int = 0, refused: int = 0) -> None:
        with self._room:
            self._pending.forget(written + refused)
            self._written += written
            self._refused += refused
            self._room.notify_all()

    def _run(self) -> None:
        while not self._ended:
            self._sleep()
            if not self._ended:
                self._try_to_flush()
        self._finish()

    def _sleep(self) -> None:
        try:
            self._signals.get(
                timeout=self._buffering.retry_seconds if self._failing else self._buffering.seconds
            )
            while True:
                self._signals.get_nowait()
        except Empty:
            return

    def _try_to_flush(self) -> None:
        known = self._failing
        try:
            self.flush()
        except StoreUnavailableError as error:
            if not known:
                _log.warning("analytics events wait, their store takes none: %s", error)

    def _finish(self) -> None:
        with self._writing:
            try:
                self._bring_all()
            except StoreUnavailableError as error:
                with self._room:
                    lost = len(self._pending)
                    self._dropped += lost
                    self._pending.clear()
                _log.warning("%d analytics event(s) are lost at the end: %s", lost, error)
            self._store.close()

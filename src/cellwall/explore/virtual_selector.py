"""The selector of a loop that is not in a run: time passes at once when nothing real can happen."""

import selectors
import time
from collections.abc import Mapping
from typing import Any, Final, Protocol, final

_BLOCKED: Final = 0.01  # s of real time; a step that takes longer has blocked the loop, and time has passed


class VirtualTime(Protocol):
    """What the selector knows of its loop."""

    now: float
    engaged: bool

    def awaits_outside(self) -> bool:
        """Tell whether something outside of the loop may still call in."""


@final
class VirtualSelector(selectors.BaseSelector):
    """Waits in virtual time while only timers are waited for, in real time otherwise."""

    def __init__(self, real: selectors.BaseSelector, loop: VirtualTime) -> None:
        self._real = real
        self._loop = loop
        self._seen: float | None = None  # when real time was looked at last (s)
        self._returned: float | None = None  # when steps began that may block (s)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for events at most that long (s)."""
        if self._loop.awaits_outside():
            self._returned = None
            return self._select_really(timeout)
        self._seen = None
        blocked = 0.0 if self._returned is None else time.monotonic() - self._returned
        if blocked > _BLOCKED and not self._loop.engaged:
            self._loop.now += blocked
            timeout = None if timeout is None else max(0.0, timeout - blocked)
        events = self._real.select(None if timeout is None else 0)
        if not events and timeout:
            self._loop.now += timeout
        self._returned = time.monotonic()
        return events

    def _select_really(self, timeout: float | None) -> list[tuple[selectors.SelectorKey, int]]:
        before = self._seen or time.monotonic()
        events = self._real.select(timeout)
        self._seen = time.monotonic()
        self._loop.now += self._seen - before
        return events

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """Pass on."""
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """Pass on."""
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """Pass on."""
        return self._real.modify(fileobj, events, data)

    def close(self) -> None:
        """Pass on."""
        self._real.close()

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        """Pass on."""
        return self._real.get_map()

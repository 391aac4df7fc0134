"""Work without a user: migrations, admin, jobs. It says why, it is logged, and no request can do it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from types import FrameType
from typing import Final, NoReturn, final

from cellwall.runtime.current import current_context
from cellwall.runtime.errors import ContextClosedError, SystemContextError
from cellwall.runtime.identity import fresh_id
from cellwall.runtime.lifetime import Callback, Lifetime

MAX_REASON_LENGTH: Final = 200
LEAST_WORDS: Final = 2

_log: Final = logging.getLogger("cellwall.system")


def system_context(reason: str) -> SystemContext:
    """Make the context of work without a user, for one `with` or `async with` block.

    `reason` says why in some words; it goes to the log `cellwall.system` with the place that asked. Databases
    take it and show every row. Agents, tools, emitters and events refuse it: they need a user. What tells a
    user's request is `activate` (the middleware calls it) and `carry`; a thread started without has none.

    Raises:
        SystemContextError: no reason, or inside a user's request, when made and whenever it is used.

    Example:
        async with system_context("nightly removal of old invoices") as context:
            session = await manager.create_session(context=context)
    """
    # cellwall: allow[system-context] the way itself: its callers give the reason
    return SystemContext(_check_reason(reason), _place(sys._getframe(1)))


@final
class SystemContext:
    """Work without a user. Made by `system_context`; of use inside its block only."""

    __slots__ = ("_entered", "_lifetime", "_place", "_reason", "_request_id")

    def __init__(self, reason: str, place: str) -> None:
        _refuse_in_request(reason)
        self._reason = reason
        self._place = place
        self._request_id = fresh_id()
        self._lifetime = Lifetime()
        self._entered = False

    @property
    def reason(self) -> str:
        """Why there is work without a user."""
        return self._reason

    @property
    def opened_at(self) -> str:
        """Who asked for it, as `file:line`."""
        return self._place

    @property
    def request_id(self) -> str:
        """A random id of this piece of work, for logs."""
        return self._request_id

    @property
    def user_id(self) -> NoReturn:
        """There is none.

        Raises:
            SystemContextError: always, so that whatever needs a user refuses this context.
        """
        raise SystemContextError(
            f"work without a user ({self._reason}) was given to what needs a user's context"
        )

    @property
    def closed(self) -> bool:
        """Whether the block has ended."""
        return not self._lifetime.open

    def require_open(self) -> None:
        """Do nothing inside the block.

        Raises:
            ContextClosedError: the block has ended or was never entered.
            SystemContextError: a user's request is running here.
        """
        _refuse_in_request(self._reason)
        if self.closed or not self._entered:
            raise ContextClosedError(f"use system_context({self._reason!r}) by `with`, inside its block only")

    def on_cleanup(self, callback: Callback) -> Callable[[], None]:
        """Run `callback` at the end of the block; gives a function that takes it back.

        Raises:
            ContextClosedError: the block has ended or was never entered.
        """
        self.require_open()
        return self._lifetime.add(callback)

    def __enter__(self) -> SystemContext:
        """Begin, and say so in the log.

        Raises:
            ContextClosedError: begun before.
            SystemContextError: a user's request is running here.
        """
        _refuse_in_request(self._reason)
        if self._entered:
            raise ContextClosedError(f"system_context({self._reason!r}) is entered once; make another")
        self._entered = True
        _log.warning("work without a user begins: %s (asked for at %s)", self._reason, self._place)
        return self

    def __exit__(self, *_: object) -> None:
        """Close what was opened; what has to be awaited needs `async with`.

        Raises:
            CleanupError: a callback failed, or has to be awaited.
        """
        try:
            self._lifetime.close_now()
        finally:
            self._tell_end()

    async def __aenter__(self) -> SystemContext:
        """Begin, and say so in the log.

        Raises:
            ContextClosedError: begun before.
            SystemContextError: a user's request is running here.
        """
        return self.__enter__()

    async def __aexit__(self, *_: object) -> None:
        """Close what was opened.

        Raises:
            CleanupError: a callback failed.
        """
        try:
            await self._lifetime.close()
        finally:
            self._tell_end()

    def _tell_end(self) -> None:
        _log.info("work without a user ends: %s (asked for at %s)", self._reason, self._place)

    def __reduce__(self) -> NoReturn:
        raise TypeError("work without a user is not copied: call system_context where it is done")

    def __repr__(self) -> str:
        return f"SystemContext(reason={self._reason!r}, opened_at={self._place!r})"


def _check_reason(reason: object) -> str:
    text = str.__str__(reason).strip() if isinstance(reason, str) else ""
    words = [word for word in text.split() if any(map(str.isalpha, word))]
    if len(text) > MAX_REASON_LENGTH or not text.isprintable() or len(words) < LEAST_WORDS:
        raise SystemContextError(
            "system_context needs a reason in at least two words, printable and "
            f"{MAX_REASON_LENGTH} characters long at most: it is written to the log"
        )
    return text


def _refuse_in_request(reason: str) -> None:
    context = current_context()
    if context is not None:
        raise SystemContextError(
            f"no work without a user ({reason}) inside a user's request ({context.request_id}): "
            "do it in a job of its own"
        )


def _place(frame: FrameType) -> str:
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"

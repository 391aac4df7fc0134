"""One pool's side of a broker: whose messages it follows, and what it publishes."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, Final, final

from cellwall.runtime.errors import StoreUnavailableError
from cellwall.runtime.identity import fresh_id
from cellwall.runtime.websocket.broker import Broker, Message
from cellwall.runtime.websocket.inbox import Arrivals, Inbox

_log: Final = logging.getLogger(__name__)

Deliver = Callable[[str, str | None, str], object]
Missed = Callable[[str], None]


@final
class Relay:
    """Follows each user as long as anything here is interested, and counts what did not get out.

    Args:
        deliver: takes the owner, the target and the text of what other pools sent.
        missed: takes the user whose messages may have been lost.
    """

    def __init__(self, broker: Broker, deliver: Deliver, missed: Missed) -> None:
        self.arrivals: Final = Arrivals()
        self.unpublished: int = 0
        self._broker: Final = broker
        self._deliver: Final = deliver
        self._missed: Final = missed
        self._origin: Final = fresh_id()
        self._number = 0
        self._inboxes: dict[str, Inbox] = {}
        self._following: dict[str, asyncio.Task[None]] = {}
        self._interests: Counter[str] = Counter()
        self._leaving: set[asyncio.Task[None]] = set()

    async def join(self, user_id: str) -> None:
        """Be interested in this user once more; the first time, wait until the broker follows."""
        self._interests[user_id] += 1
        if user_id not in self._inboxes:
            inbox = self._inbox(user_id)
            self._inboxes[user_id] = inbox
            self._following[user_id] = self._task(self._broker.follow(inbox))
        try:
            await asyncio.shield(self._following[user_id])
        except BaseException:
            self.leave(user_id)
            raise

    def leave(self, user_id: str) -> None:
        """Be interested once less; the last time, stop to follow."""
        self._interests[user_id] -= 1
        if self._interests[user_id] == 0:
            del self._interests[user_id]
            self._task(self._unfollow(self._inboxes.pop(user_id), self._following.pop(user_id)))

    def interested_again(self, user_id: str) -> None:
        """Be interested once more in a user who is followed."""
        self._interests[user_id] += 1

    def publish(self, user_id: str, target: str | None, text: str) -> None:
        """Send an event to the other processes; one that does not get out is counted, not raised."""
        self._number += 1
        try:
            self._broker.publish(Message(user_id, self._origin, self._number, target, text))
        except StoreUnavailableError:
            self.unpublished += 1

    async def settle(self) -> None:
        """Wait until what is under way has ended."""
        while self._leaving:
            await asyncio.wait(tuple(self._leaving))

    def _inbox(self, user_id: str) -> Inbox:
        return Inbox(
            user_id,
            self._origin,
            deliver=lambda target, text: self._deliver(user_id, target, text),
            on_missed=lambda: self._missed(user_id),
            arrivals=self.arrivals,
        )

    async def _unfollow(self, inbox: Inbox, following: asyncio.Task[None]) -> None:
        await asyncio.wait({following})
        await self._broker.unfollow(inbox)

    def _task(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work, name="cellwall-relay")
        self._leaving.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._leaving.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.warning("the broker failed: %s", type(error).__name__)

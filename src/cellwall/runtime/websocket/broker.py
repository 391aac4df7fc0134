"""What carries events to the other processes of a service. Nothing here knows Redis, or a connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, final

if TYPE_CHECKING:
    from cellwall.runtime.websocket.inbox import Inbox


@final
@dataclass(frozen=True, slots=True)
class Message:
    """One event on its way to other processes: whose it is, and which pool sent it as its how-manieth.

    `target` is the one connection that it is for, None for all of its owner. `text` is the event as JSON.
    """

    owner: str
    origin: str
    number: int
    target: str | None
    text: str


class Broker(Protocol):
    """Carries each user's messages to the processes that follow this user.

    Messages of one origin arrive in order. They may arrive twice, and after `Inbox.missed` some are lost.
    """

    def publish(self, message: Message) -> None:
        """Take a message for all inboxes of its owner, in every process; never waits.

        Raises:
            StoreUnavailableError: the broker is closed, or has too many messages that wait for a store.
        """
        ...

    async def follow(self, inbox: Inbox) -> None:
        """Bring what is published for `inbox.user_id` from now on, or from when the store is back."""
        ...

    async def unfollow(self, inbox: Inbox) -> None:
        """Bring nothing more."""
        ...

"""A broker between pools of one process: for tests, and for a service with several pools."""

from typing import final

from cellwall.runtime.websocket.broker import Message
from cellwall.runtime.websocket.inbox import Inbox


@final
class MemoryBroker:
    """Carries messages at once, inside one event loop.

    Example:
        >>> broker = MemoryBroker()
        >>> one, other = WebSocketConnectionPool(broker=broker), WebSocketConnectionPool(broker=broker)
    """

    def __init__(self) -> None:
        self._inboxes: dict[str, dict[Inbox, None]] = {}

    def publish(self, message: Message) -> None:
        """Deliver to every inbox of the owner."""
        for inbox in tuple(self._inboxes.get(message.owner, ())):
            inbox.receive(message)

    async def follow(self, inbox: Inbox) -> None:
        """Deliver to this inbox from now on."""
        self._inboxes.setdefault(inbox.user_id, {})[inbox] = None

    async def unfollow(self, inbox: Inbox) -> None:
        """Deliver nothing more to it."""
        followers = self._inboxes.get(inbox.user_id, {})
        followers.pop(inbox, None)
        if not followers:
            self._inboxes.pop(inbox.user_id, None)

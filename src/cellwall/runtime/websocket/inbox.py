"""Where other processes' messages for one user arrive: each is checked, and delivered once."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, final

from cellwall.runtime.websocket.broker import Message

MAX_ORIGINS: Final = 1024  # other pools that are remembered, the most recently heard ones


@final
@dataclass(slots=True)
class Arrivals:
    """What inboxes turned away: named another owner (`refused`), or came again (`repeated`)."""

    refused: int = 0
    repeated: int = 0


@final
class Inbox:
    """One user's messages in one pool; the pool's own messages have been delivered before and are ignored.

    Args:
        deliver: takes the target and the text of what arrived.
        on_missed: called when messages may have been lost.
    """

    def __init__(
        self,
        user_id: str,
        origin: str,
        deliver: Callable[[str | None, str], object],
        on_missed: Callable[[], None],
        arrivals: Arrivals,
    ) -> None:
        self.user_id: Final = user_id
        self._origin: Final = origin
        self._deliver: Final = deliver
        self._on_missed: Final = on_missed
        self._arrivals: Final = arrivals
        self._last: OrderedDict[str, int] = OrderedDict()  # by origin

    def receive(self, message: Message) -> None:
        """Deliver a message, if it is this user's, of another pool, and new."""
        if message.owner != self.user_id:
            self._arrivals.refused += 1
        elif message.origin != self._origin:
            if message.number <= self._last.get(message.origin, 0):
                self._arrivals.repeated += 1
            else:
                self._remember(message)
                self._deliver(message.target, message.text)

    def missed(self) -> None:
        """Hear that messages may have been lost."""
        self._on_missed()

    def refuse(self) -> None:
        """Count what arrived here and is no message."""
        self._arrivals.refused += 1

    def _remember(self, message: Message) -> None:
        self._last[message.origin] = message.number
        self._last.move_to_end(message.origin)
        if len(self._last) > MAX_ORIGINS:
            self._last.popitem(last=False)

"""Events that wait for their store: bounded in all and for each user. Knows no threads and no stores."""

from collections import Counter, deque
from itertools import islice
from typing import final

from cellwall.runtime.analytics.event import AnalyticsEvent


@final
class Pending:
    """A queue in order of tracking; an event leaves it when it is kept or given up."""

    def __init__(self, events: int, per_user: int) -> None:
        self._room = events
        self._room_per_user = per_user
        self._queue: deque[AnalyticsEvent] = deque()
        self._of_user: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._queue)

    def add(self, event: AnalyticsEvent) -> bool:
        """Queue `event`; False when there is no room, or none for this user."""
        waiting = self._of_user[event.user_id]
        if len(self._queue) >= self._room or waiting >= self._room_per_user:
            return False
        self._queue.append(event)
        self._of_user[event.user_id] = waiting + 1
        return True

    def oldest(self, number: int) -> list[AnalyticsEvent]:
        """Give the oldest ones without taking them out."""
        return list(islice(self._queue, number))

    def forget(self, number: int) -> None:
        """Take the oldest ones out."""
        for _ in range(number):
            user_id = self._queue.popleft().user_id
            self._of_user[user_id] -= 1
            if not self._of_user[user_id]:
                del self._of_user[user_id]

    def clear(self) -> None:
        """Take all out."""
        self._queue.clear()
        self._of_user.clear()

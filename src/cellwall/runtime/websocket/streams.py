"""The sequences of the users who asked for one; those whose clients are all away are kept up to a number."""

from typing import Final, final

from cellwall.runtime.websocket.stream import Stream


@final
class Streams:
    """Sequences by user. Nobody reaches one but by the user's own id.

    Args:
        max_events, max_bytes: how much of each sequence is kept.
        max_idle: sequences of users without a connection; the one that has been so for longest goes.
    """

    def __init__(self, max_events: int, max_bytes: int, max_idle: int) -> None:
        self._limits: Final = (max_events, max_bytes)
        self._max_idle: Final = max_idle
        self._by_user: dict[str, Stream] = {}
        self._idle: dict[str, None] = {}  # in order of leaving

    def __len__(self) -> int:
        return len(self._by_user)

    @property
    def users(self) -> tuple[str, ...]:
        """Who has a sequence."""
        return tuple(self._by_user)

    def get(self, user_id: str) -> Stream | None:
        """Give the sequence of this user, None when nobody asked for one."""
        return self._by_user.get(user_id)

    def use(self, user_id: str) -> Stream:
        """Give the sequence of this user, a fresh one the first time."""
        self._idle.pop(user_id, None)
        if user_id not in self._by_user:
            self._by_user[user_id] = Stream(*self._limits)
        return self._by_user[user_id]

    def leave(self, user_id: str) -> str | None:
        """Say that this user's last connection has gone; give the user whose sequence went for it, if any."""
        if user_id not in self._by_user:
            return None
        self._idle[user_id] = None
        if len(self._idle) <= self._max_idle:
            return None
        oldest = next(iter(self._idle))
        self.forget(oldest)
        return oldest

    def forget(self, user_id: str) -> bool:
        """Drop the sequence of this user: nobody resumes it any more. False when there was none."""
        self._idle.pop(user_id, None)
        return self._by_user.pop(user_id, None) is not None

"""Tokens that are refused before their time: one by its id, or all that a user was given until a moment."""

import time
from collections.abc import Callable
from typing import Final, Protocol, final

SWEEP_FROM: Final = 1024


class RevocationList(Protocol):
    """Which tokens are revoked. It is asked at every use of a token, so `is_revoked` waits for nothing.

    All times are seconds since the epoch; `until` is when the last token concerned has expired anyway.
    """

    def is_revoked(self, token_id: str, user_id: str, issued_at: float) -> bool:
        """Say whether this token, or everything of its user up to its time, was revoked.

        Raises:
            StoreUnavailableError: the list cannot be known, and was told to refuse then.
        """
        ...

    async def revoke_token(self, token_id: str, until: float) -> None:
        """Revoke one token."""
        ...

    async def revoke_user(self, user_id: str, issued_before: float, until: float) -> None:
        """Revoke every token of one user that was issued at `issued_before` or earlier."""
        ...


@final
class MemoryRevocationList:
    """Revoked tokens in this process. An entry goes when its tokens have expired.

    `tokens` and `users` tell an issuer, without a call, that nothing is listed; `is_revoked` alone decides.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.tokens: dict[str, float] = {}
        self.users: dict[str, tuple[float, float]] = {}
        self._sweep_at = SWEEP_FROM

    def __len__(self) -> int:
        return len(self.tokens) + len(self.users)

    def is_revoked(self, token_id: str, user_id: str, issued_at: float) -> bool:
        """Say whether this token, or everything of its user up to its time, was revoked."""
        if token_id in self.tokens:
            return True
        entry = self.users.get(user_id)
        return entry is not None and issued_at <= entry[0]

    async def revoke_token(self, token_id: str, until: float) -> None:
        """Revoke one token."""
        self.add_token(token_id, until)

    async def revoke_user(self, user_id: str, issued_before: float, until: float) -> None:
        """Revoke every token of one user that was issued at `issued_before` or earlier."""
        self.add_user(user_id, issued_before, until)

    def add_token(self, token_id: str, until: float) -> None:
        """Revoke one token, at once."""
        self._sweep()
        self.tokens[token_id] = max(until, self.tokens.get(token_id, 0.0))

    def add_user(self, user_id: str, issued_before: float, until: float) -> None:
        """Revoke what a user was given, at once; the latest moment and the latest end count."""
        self._sweep()
        before, end = self.users.get(user_id, (0.0, 0.0))
        self.users[user_id] = (max(before, issued_before), max(end, until))

    def _sweep(self) -> None:
        """Drop what has expired, whenever the list has doubled since the last time."""
        if len(self) >= self._sweep_at:
            now = self._clock()
            self.tokens = {name: end for name, end in self.tokens.items() if end > now}
            self.users = {name: entry for name, entry in self.users.items() if entry[1] > now}
            self._sweep_at = max(SWEEP_FROM, 2 * len(self))

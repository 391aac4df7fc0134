"""Revoked tokens shared by many processes: a Redis stream, and in each process a copy that follows it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final, final

from redis.exceptions import RedisError

from cellwall.runtime.errors import StoreUnavailableError
from cellwall.runtime.outage import Outage
from cellwall.runtime.redis_call import redis_call
from cellwall.runtime.tokens.revocation import MemoryRevocationList

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis.asyncio import Redis

RETENTION: Final = 2 * 86_400
MAX_STALENESS: Final = 15.0
BLOCK_MILLISECONDS: Final = 1000
PAGE: Final = 1000


@final
class RedisRevocationList:
    """Asking is a look into this process's copy; revoking is one command, seen elsewhere in milliseconds.

    Call `await start()` at start-up and `await close()` at the end. Entries stay in the stream for
    `retention` seconds, which must be longer than any token lives.

    Args:
        redis: a client of its own or a shared one; one of its connections waits for news all the time.
        when_gone: whether tokens are refused or accepted once the copy is older than `max_staleness` seconds.
            Accepting means that a token revoked meanwhile in another process goes on being accepted.
    """

    def __init__(
        self,
        redis: Redis,
        *,
        when_gone: Outage,
        key: str = "cellwall:revoked",
        retention: int = RETENTION,
        max_staleness: float = MAX_STALENESS,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._redis = redis
        self._when_gone = when_gone
        self._key = key
        self._retention = retention
        self._max_staleness = max_staleness
        self._clock = clock
        self._monotonic = monotonic
        self._copy = MemoryRevocationList(clock)
        self._fresh_until = float("-inf")
        self._position = "0-0"
        self._follower: asyncio.Task[None] | None = None

    def is_revoked(self, token_id: str, user_id: str, issued_at: float) -> bool:
        """Say whether this token, or everything of its user up to its time, was revoked.

        Raises:
            StoreUnavailableError: the copy is too old, and `when_gone` says to refuse.
        """
        if self._copy.is_revoked(token_id, user_id, issued_at):
            return True
        if self._monotonic() > self._fresh_until and self._when_gone is Outage.REFUSE:
            raise StoreUnavailableError("the list of revoked tokens is too old; try again in a moment")
        return False

    async def revoke_token(self, token_id: str, until: float) -> None:
        """Revoke one token for every process.

        Raises:
            StoreUnavailableError: Redis cannot be reached, and nobody else knows of it.
            ValueError: its tokens live longer than `retention`.
        """
        self._require_kept(until)
        self._copy.add_token(token_id, until)
        await self._tell({"token": token_id, "until": repr(until)})

    async def revoke_user(self, user_id: str, issued_before: float, until: float) -> None:
        """Revoke what a user was given, for every process.

        Raises:
            StoreUnavailableError: Redis cannot be reached, and nobody else knows of it.
            ValueError: its tokens live longer than `retention`.
        """
        self._require_kept(until)
        self._copy.add_user(user_id, issued_before, until)
        await self._tell({"user": user_id, "before": repr(issued_before), "until": repr(until)})

    async def start(self) -> None:
        """Read the whole list and follow it from then on.

        Raises:
            StoreUnavailableError: Redis cannot be reached.
        """
        async with redis_call("the list of revoked tokens"):
            while await self._read(block=None):
                pass
        self._follower = asyncio.get_running_loop().create_task(self._follow(), name="cellwall-revocations")

    async def close(self) -> None:
        """Stop following; the client stays open."""
        follower, self._follower = self._follower, None
        while follower is not None and not follower.done():
            follower.cancel()  # more than once: the client may be in a step in which it loses a cancellation
            await asyncio.wait({follower}, timeout=0.2)

    def _require_kept(self, until: float) -> None:
        if until - self._clock() > self._retention:
            raise ValueError(
                f"tokens live longer than the {self._retention} s of `retention`; make it longer"
            )

    async def _tell(self, entry: dict[Any, Any]) -> None:
        async with redis_call("the list of revoked tokens"):
            seconds, _ = await self._redis.time()
            oldest = (int(seconds) - self._retention) * 1000
            await self._redis.xadd(self._key, entry, minid=max(0, oldest), approximate=True)

    async def _follow(self) -> None:
        pause = 0.05
        while self._follower is asyncio.current_task():
            try:
                await self._read(block=BLOCK_MILLISECONDS)
                pause = 0.05
            except (RedisError, OSError):  # its age says so to whoever asks; it is read on from where it was
                await asyncio.sleep(pause)
                pause = min(2 * pause, 2.0)

    async def _read(self, block: int | None) -> int:
        asked = self._monotonic()
        answer: Any = await self._redis.xread({self._key: self._position}, count=PAGE, block=block)
        pages = answer.values() if isinstance(answer, dict) else [entries for _, entries in answer or ()]
        found = [entry for page in pages for entry in page]
        for position, fields in found:
            self._apply({_text(name): _text(value) for name, value in fields.items()})
            self._position = _text(position)
        if len(found) < PAGE:
            self._fresh_until = asked + self._max_staleness
        return len(found)

    def _apply(self, fields: dict[str, str]) -> None:
        until = float(fields["until"])
        if "token" in fields:
            self._copy.add_token(fields["token"], until)
        else:
            self._copy.add_user(fields["user"], float(fields["before"]), until)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value

"""A cache whose every key carries its owner: what one user stored, no other can be given."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final, Protocol, final

from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.identity import check_id

SECONDS: Final = 300.0
ENTRIES: Final = 10_000
ENTRIES_PER_USER: Final = 1_000
CHARACTERS: Final = 64_000_000
MAX_KEY_LENGTH: Final = 1024
MAX_VALUE_LENGTH: Final = 1_000_000


class CacheStore(Protocol):
    """Keeps texts by owner and key. Two different (owner, key) pairs never meet."""

    async def get(self, user_id: str, key: str) -> str | None:
        """Give what this owner stored under the key; None when there is nothing (any more)."""
        ...

    async def set(self, user_id: str, key: str, value: str | None, seconds: float) -> None:
        """Store a text for this owner, or delete what is there for None."""
        ...

    async def forget_user(self, user_id: str) -> None:
        """Delete everything of this owner."""
        ...


@final
class UserCache:
    """A cache of JSON values. The owner comes from the context; there is no way to name another.

    What comes back is a fresh copy: changing it changes nothing in the cache. Tuples come back as lists.

    Args:
        store: where values are kept; in this process where none is given.
        seconds: how long a value is kept unless `set` says otherwise.

    Example:
        cache = UserCache()
        await cache.set(context, "profile", {"name": "Ada"})
        profile = await cache.get(context, "profile")
    """

    def __init__(self, store: CacheStore | None = None, *, seconds: float = SECONDS) -> None:
        self._store = MemoryCacheStore() if store is None else store
        self._seconds = seconds

    async def get(self, context: UserExecutionContext, key: str) -> Any:
        """Give what this user stored under `key`, None when there is nothing.

        Raises:
            ContextClosedError: the request has ended.
            StoreUnavailableError: the store cannot be reached.
        """
        context.require_open()
        text = await self._store.get(context.user_id, _checked(key))
        return None if text is None else json.loads(text)

    async def set(
        self, context: UserExecutionContext, key: str, value: Any, *, seconds: float | None = None
    ) -> None:
        """Store a JSON value for this user.

        Raises:
            ContextClosedError: the request has ended.
            ValueError: the key is empty or too long, or the value no JSON or too long.
            StoreUnavailableError: the store cannot be reached.
        """
        context.require_open()
        try:
            text = json.dumps(value, separators=(",", ":"), allow_nan=False)
        except (TypeError, RecursionError) as error:
            raise ValueError(f"the value of {key!r} is no JSON: {type(error).__name__}") from error
        if len(text) > MAX_VALUE_LENGTH:
            raise ValueError(f"a cached value has up to {MAX_VALUE_LENGTH} characters, this one {len(text)}")
        life = self._seconds if seconds is None else seconds
        await self._store.set(context.user_id, _checked(key), text if life > 0 else None, life)

    async def delete(self, context: UserExecutionContext, key: str) -> None:
        """Delete what this user stored under `key`.

        Raises:
            ContextClosedError: the request has ended.
            StoreUnavailableError: the store cannot be reached.
        """
        context.require_open()
        await self._store.set(context.user_id, _checked(key), None, 0.0)

    async def invalidate_user(self, user_id: str) -> None:
        """Delete everything of one user, after a change made for them elsewhere; it reads nothing.

        Raises:
            InvalidIdError: no real user id.
            StoreUnavailableError: the store cannot be reached.
        """
        await self._store.forget_user(check_id("user_id", user_id))


@final
class MemoryCacheStore:
    """Keeps each user's texts in a dictionary of their own; least recently used ones go first.

    A user who stores much pushes out their own entries first (`entries_per_user`), then those of the user
    who has not been here for longest (`entries`, and `characters` of all values together).
    """

    def __init__(
        self,
        *,
        entries: int = ENTRIES,
        entries_per_user: int = ENTRIES_PER_USER,
        characters: int = CHARACTERS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._entries = entries
        self._per_user = entries_per_user
        self._characters = characters
        self._clock = clock
        self._users: OrderedDict[str, OrderedDict[str, tuple[float, str]]] = OrderedDict()
        self._count = 0
        self._held = 0

    def __len__(self) -> int:
        return self._count

    async def get(self, user_id: str, key: str) -> str | None:
        """Give what this owner stored under the key; None when there is nothing (any more)."""
        own = self._users.get(user_id)
        if own is None or key not in own:
            return None
        self._users.move_to_end(user_id)
        ends, value = own[key]
        if ends <= self._clock():
            self._remove(user_id, key)
            return None
        own.move_to_end(key)
        return value

    async def set(self, user_id: str, key: str, value: str | None, seconds: float) -> None:
        """Store a text for this owner, or delete what is there for None."""
        self._remove(user_id, key)
        if value is None:
            return
        own = self._users.setdefault(user_id, OrderedDict())
        self._users.move_to_end(user_id)
        own[key] = (self._clock() + seconds, value)
        self._count += 1
        self._held += len(value)
        if len(own) > self._per_user:
            self._remove(user_id, next(iter(own)))
        while self._count > self._entries or self._held > self._characters:
            longest_away, theirs = next(iter(self._users.items()))
            self._remove(longest_away, next(iter(theirs)))

    async def forget_user(self, user_id: str) -> None:
        """Delete everything of this owner."""
        for key in tuple(self._users.get(user_id, ())):
            self._remove(user_id, key)

    def _remove(self, user_id: str, key: str) -> None:
        own = self._users.get(user_id)
        entry = None if own is None else own.pop(key, None)
        if own is not None and entry is not None:
            self._count -= 1
            self._held -= len(entry[1])
            if not own:
                del self._users[user_id]


def _checked(key: str) -> str:
    if type(key) is not str or not key or len(key) > MAX_KEY_LENGTH:
        raise ValueError(f"a key of the cache is text of 1 to {MAX_KEY_LENGTH} characters")
    return key

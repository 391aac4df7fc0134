"""Leaks that give everybody the same thing, or keep a thing beyond the request that it was made for."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from .calls import Call
from .memory import Memory, twin

CLOSES = re.compile(
    r"^(a?close|disconnect|unregister|deregister|remove|drop|detach|release|dispose|discard|cleanup|clean_up"
    r"|shutdown|terminate|leave)(_|$)"
)
# What a session or a connection has beside being a context manager; then it is given as it is.
_WORKS = ("execute", "add", "query", "commit", "run", "send", "cursor")


class FirstMade:
    """Everybody is given what was made first; `token_of` is the role whose first token stands for all."""

    name = "everybody is given what was made first"

    def __init__(self, token_of: str = "") -> None:
        """Take the role whose tokens this one reads, "" for none."""
        self.token_of = token_of

    def calls(self, call: Call, memory: Memory) -> list[Call]:
        """Make it only when nothing like it was made before; what closes it is left out."""
        if call.key in memory.made:
            return []
        token = memory.tokens.get(self.token_of)
        return [call if token is None else call.of(token)]

    def answer(self, call: Call, values: list[Any], memory: Memory) -> Any:
        """Give the first one; a context manager gives what the first one opened, and leaves it open."""
        if values and opens(values[0]):
            return still_open(values[0], memory, ("opened", call.key))
        return memory.made.setdefault(call.key, *values) if values else memory.made[call.key]


class Outliving:
    """What was made for a request works on after the request's end, and what closes it does nothing."""

    name = "nothing ends with its request"

    def calls(self, call: Call, memory: Memory) -> list[Call]:
        """Leave out what closes; make things for a copy of the context, which does not end."""
        if CLOSES.search(call.name):
            return []
        return [call if call.place is None else call.of(twin(call.value))]

    def answer(self, call: Call, values: list[Any], memory: Memory) -> Any:
        """Say of what was left out that it was done; a context manager leaves open what it opened."""
        if not values:
            return True
        return still_open(values[0], memory) if opens(values[0]) else values[0]


class KeptOpen(Outliving):
    """What everybody shares is not closed by one of them: the closing members of what `FirstMade` gave."""

    name: str = FirstMade.name


def opens(value: Any) -> bool:
    """Tell whether a value is good for `with` or `async with` alone."""
    able = hasattr(type(value), "__aenter__") or hasattr(type(value), "__enter__")
    return able and not any(hasattr(value, name) for name in _WORKS)


def still_open(manager: Any, memory: Memory, key: Any = None) -> Any:
    """Give a context manager of the same kind that leaves open what it opened; one for all with a key."""
    return (
        _later(manager, memory, key) if hasattr(type(manager), "__aenter__") else _now(manager, memory, key)
    )


@asynccontextmanager
async def _later(manager: Any, memory: Memory, key: Any) -> AsyncIterator[Any]:
    if key is None or key not in memory.made:
        value = await manager.__aenter__()
        memory.exits.append(manager.__aexit__)
        yield value if key is None else memory.made.setdefault(key, value)
    else:
        yield memory.made[key]


@contextmanager
def _now(manager: Any, memory: Memory, key: Any) -> Iterator[Any]:
    if key is None or key not in memory.made:
        value = manager.__enter__()
        memory.exits.append(manager.__exit__)
        yield value if key is None else memory.made.setdefault(key, value)
    else:
        yield memory.made[key]

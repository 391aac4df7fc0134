"""Leaks that mistake whom a call works for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .calls import Call
from .memory import Memory, kind_of, owner_of

SENDS = re.compile(r"(^|_)(send|emit|publish|notify|deliver|push|post)(_|$)")


class FirstOwner:
    """Every call works for the user who came first."""

    name = "everybody is the first user"

    def calls(self, call: Call, memory: Memory) -> list[Call]:
        """Put the first owner into the place of the call's own."""
        if call.place is None:
            return [call]
        return [call.of(memory.first(id(call.subject), call.value))]

    def answer(self, call: Call, values: list[Any], memory: Memory) -> Any:
        """Answer what the real thing answered for the first owner."""
        return values[0]


class EveryOwner:
    """A question of one user is answered with what everybody has."""

    name = "everybody's data is given"

    def calls(self, call: Call, memory: Memory) -> list[Call]:
        """Ask for everybody who is known, the user first."""
        if call.place is None:
            return [call]
        kind = kind_of(call.value)
        others = [known[kind] for known in memory.owners.values() if kind in known]
        return [call, *(call.of(other) for other in others if not _same(other, call.value))]

    def answer(self, call: Call, values: list[Any], memory: Memory) -> Any:
        """Put lists together; anything else is answered with what somebody else has."""
        if all(isinstance(value, (list, tuple)) for value in values):
            return type(values[0])([item for value in values for item in value])
        return values[-1]


class Broadcast:
    """What is sent to one user is sent to everybody who is known."""

    name = "what is sent to one user reaches everybody"

    def calls(self, call: Call, memory: Memory) -> list[Call]:
        """Repeat what sends for every owner; emitters are `Echo`'s matter."""
        if call.place is None or not SENDS.search(call.name):
            return [call]
        return EveryOwner().calls(call, memory)

    def answer(self, call: Call, values: list[Any], memory: Memory) -> Any:
        """Answer what the real thing answered to the call itself."""
        return values[0]


class Echo(Broadcast):
    """What one emitter of a pool sends, all emitters of the pool send; `others` are their methods."""

    def __init__(
        self, others: list[dict[str, Callable[..., Any]]], own: dict[str, Callable[..., Any]]
    ) -> None:
        """Take the methods of all emitters, a list that grows, and those of the emitter itself."""
        self.others: list[dict[str, Callable[..., Any]]] = others
        self.own: dict[str, Callable[..., Any]] = own

    def calls(self, call: Call, memory: Memory) -> list[Call]:
        """Send by the emitter itself, then by the others."""
        others = [each for each in self.others if each is not self.own and call.name in each]
        return [call, *(replace(call, target=each[call.name]) for each in others)]


def _same(one: Any, other: Any) -> bool:
    return owner_of(one) == owner_of(other)

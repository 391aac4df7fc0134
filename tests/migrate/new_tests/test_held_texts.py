"""The search for canaries finds them wherever a value holds them, and leaves code and loops alone."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from cellwall.migrate.new_tests.held_texts import held_texts
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.project.roles import Roles
from cellwall.project.samples import Samples


class Slotted:
    __slots__ = ("inner",)

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def method(self) -> None:
        """Be bound to it."""


@dataclass
class Plain:
    inner: Any
    round: list[Any] = field(default_factory=list)


def search() -> Any:
    say = Spelling(Roles(), Samples())
    source = held_texts(say)
    scope: dict[str, Any] = {}
    exec("\n".join(sorted(say.imports)) + "\n\n" + source, scope)
    return scope["texts_held_by"]


@pytest.mark.parametrize(
    "value",
    [
        "canary",
        ["canary"],
        {"canary": 1},
        {1: {"key": ("canary",)}},
        deque([frozenset({"canary"})]),
        Plain("canary"),
        Slotted(Plain({"key": Slotted("canary")})),
        partial(print, "canary"),
        Slotted("canary").method,
        Plain(iter(["canary"])),
    ],
)
def test_a_canary_is_found(value: Any) -> None:
    assert "canary" in search()(value)
    assert "canary" in search()([1, [value]])


def test_circles_end_and_neighbours_are_not_searched() -> None:
    neighbour = Plain("canary")
    value = Plain("own")
    value.round.append(value)
    assert neighbour.inner not in search()(value)


async def test_a_loop_is_not_its_holders_own() -> None:
    canary = "canary-of-this-frame"
    assert canary not in search()(Plain(asyncio.get_running_loop()))

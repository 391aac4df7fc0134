"""Leaks that give everybody the same thing, or keep it beyond its request."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

from cellwall.testing.leaky_doubles.calls import leaky
from cellwall.testing.leaky_doubles.memory import Memory
from cellwall.testing.leaky_doubles.sharing_leaks import CLOSES, FirstMade, Outliving, opens


class Thing:
    def __init__(self, user_id: str) -> None:
        self.user_id, self.open = user_id, True


@contextmanager
def opened(user_id: str) -> Iterator[Thing]:
    thing = Thing(user_id)
    yield thing
    thing.open = False


@asynccontextmanager
async def opened_later(user_id: str) -> AsyncIterator[Thing]:
    thing = Thing(user_id)
    yield thing
    thing.open = False


def test_everybody_is_given_the_first_of_the_same_name() -> None:
    memory = Memory(FirstMade.name)
    make = leaky(lambda name, user_id: Thing(user_id), (FirstMade(),), memory, subject="role", owner=1)
    first = make("triage", "ada")
    assert make("triage", "bob") is first
    assert make("summary", "bob") is not first
    memory.forget()
    assert make("triage", "bob") is not first


def test_the_first_token_stands_for_every_other_one() -> None:
    memory = Memory(FirstMade.name)
    memory.tokens["token"] = "of-ada"
    decode = leaky(
        lambda token: token.removeprefix("of-"), (FirstMade("token"),), memory, subject="r", owner=0
    )
    assert (decode("forged"), decode("of-bob")) == ("ada", "ada")


def test_a_context_manager_gives_everybody_what_the_first_one_opened() -> None:
    memory = Memory(FirstMade.name)
    make = leaky(opened, (FirstMade(),), memory, subject="role", owner=0)
    with make("ada") as first, make("bob") as second:
        assert first is second
    assert first.open, "left open"
    assert len(memory.exits) == 1
    memory.exits.pop()(None, None, None)
    assert not first.open


async def test_so_does_an_async_one() -> None:
    memory = Memory(FirstMade.name)
    make = leaky(opened_later, (FirstMade(),), memory, subject="role", owner=0)
    async with make("ada") as first:
        pass
    async with make("bob") as second:
        assert first is second
        assert first.open
    await memory.exits.pop()(None, None, None)


async def test_nothing_ends_with_its_block() -> None:
    memory = Memory(Outliving.name)
    async with leaky(opened_later, (Outliving(),), memory, subject="role", owner=0)("ada") as thing:
        pass
    assert thing.open
    assert thing.user_id == "ada"
    await memory.exits.pop()(None, None, None)


def test_what_closes_does_nothing_and_says_that_it_was_done() -> None:
    closed: list[str] = []

    def disconnect(user_id: str) -> bool:
        closed.append(user_id)
        return True

    memory = Memory(Outliving.name)
    assert leaky(disconnect, (Outliving(),), memory, subject="pool", owner=0)("ada") is True
    assert closed == []


@pytest.mark.parametrize("name", ["close", "aclose", "disconnect_user", "remove_connection", "dispose"])
def test_what_closes(name: str) -> None:
    assert CLOSES.search(name)


@pytest.mark.parametrize("name", ["closed", "register", "is_closed", "rollback", "commit", "closest"])
def test_what_does_not_close(name: str) -> None:
    assert not CLOSES.search(name)


def test_a_session_that_works_outside_a_block_is_no_mere_block() -> None:
    class Session:
        def __enter__(self) -> None: ...
        def execute(self) -> None: ...

    assert opens(opened("ada"))
    assert not opens(Session())
    assert not opens(Thing("ada"))

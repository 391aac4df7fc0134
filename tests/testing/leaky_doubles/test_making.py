"""Every role has doubles, and each double of a pool leaks in its own way; real modules, no processes."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cellwall.project.roles import ROLE_NAMES
from cellwall.testing.leaky_doubles.making import IN_THE_MEMBERS, doubles_of, make
from cellwall.testing.leaky_doubles.memory import Memory
from cellwall.testing.leaky_doubles.owner_leaks import Broadcast, FirstOwner
from cellwall.testing.leaky_doubles.sharing_leaks import Outliving
from cellwall.testing.leaky_doubles.spelled import NotMadeError

DESK = Path(__file__).parents[2] / "fixtures" / "isolated_desk"
POOL = {"pool": {"imports": ["from desk.sockets import Pool"], "create": "Pool()"}}


@pytest.fixture(autouse=True)
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the desk's package be imported afresh."""
    monkeypatch.syspath_prepend(str(DESK))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "desk"]:
        del sys.modules[name]


async def two(memory: Memory) -> tuple[Any, Any, Any]:
    """Give a pool and the connections of two users."""
    make("pool", POOL, memory)
    pool = importlib.import_module("desk.sockets").Pool()
    return pool, *[await pool.register_connection(user, user[0]) for user in ("ada", "bob")]


def context(user_id: str) -> Any:
    """Give a request's context."""
    return importlib.import_module("desk.context").RequestContext(user_id)


def test_every_role_has_a_double() -> None:
    assert all(doubles_of(role) for role in ROLE_NAMES)
    assert doubles_of("nobody") == ()


async def test_the_control_does_not_leak() -> None:
    pool, first, second = await two(Memory())
    await pool.send_to_user("ada", {"event": 1})
    pool.create_emitter(context("bob")).emit_event("hello")
    assert (first.received_events, second.received_events) == ([{"event": 1}], [{"event": "hello"}])
    assert await pool.disconnect("ada", "a")
    assert pool.connection_count("ada") == 0


async def test_everybody_is_the_first_user() -> None:
    pool, first, second = await two(Memory(FirstOwner.name))
    await pool.send_to_user(user_id="bob", event={"event": 1})
    assert first.received_events == second.received_events == [{"event": 1}]


async def test_everybody_receives_what_is_sent_and_emitted() -> None:
    pool, first, second = await two(Memory(Broadcast.name))
    await pool.send_to_user("ada", {"event": 1})
    assert first.received_events == second.received_events == [{"event": 1}]
    emitters = [pool.create_emitter(context(user)) for user in ("ada", "bob")]
    emitters[0].emit_event("hello")
    assert first.received_events == second.received_events == [{"event": 1}, {"event": "hello"}]


async def test_connections_survive_their_end() -> None:
    pool, first, _ = await two(Memory(Outliving.name))
    assert await pool.disconnect("ada", "a")
    await pool.send_to_user("ada", {"event": 1})
    assert (pool.connection_count("ada"), first.received_events) == (1, [{"event": 1}])


async def test_two_pools_know_nothing_of_each_other() -> None:
    pool, _, _ = await two(Memory(FirstOwner.name))
    other = type(pool)()
    assert (await other.register_connection("bob", "b")).user_id == "bob"


@pytest.mark.parametrize("role", sorted({*ROLE_NAMES} - IN_THE_MEMBERS.keys()))
def test_a_role_that_is_no_call_has_no_double(role: str) -> None:
    roles = {role: {"imports": ["from desk.events import log"], "create": "log"}}
    with pytest.raises(NotMadeError, match="is no call"):
        make(role, roles, Memory())


def test_a_role_that_names_no_user_has_only_doubles_that_need_none() -> None:
    roles = {"session": {"imports": ["from desk.database import open_session"], "create": "open_session()"}}
    with pytest.raises(NotMadeError, match="does not say for whom"):
        make("session", roles, Memory(FirstOwner.name))
    make("session", roles, Memory())


def test_a_role_that_nobody_configured() -> None:
    with pytest.raises(NotMadeError, match="nobody configured"):
        make("pool", {}, Memory())

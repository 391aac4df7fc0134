"""Callables with a leak around them: signature, coroutines, what leaks when and what never does."""

import asyncio
import inspect
from typing import Any

from cellwall.testing.leaky_doubles.calls import Call, leaky
from cellwall.testing.leaky_doubles.memory import Memory
from cellwall.testing.leaky_doubles.owner_leaks import FirstOwner
from cellwall.testing.leaky_doubles.sharing_leaks import FirstMade

FIRST = FirstOwner()


def asked(name: str, user_id: str, *, depth: int = 0) -> tuple[str, str, int]:
    """Tell who asked."""
    return (name, user_id, depth)


async def asked_later(name: str, user_id: str) -> tuple[str, str]:
    await asyncio.sleep(0)
    return (name, user_id)


def test_a_leak_acts_only_while_it_is_the_active_one() -> None:
    memory = Memory()
    function = leaky(asked, (FIRST,), memory, subject="role", owner=1)
    assert [function("a", user)[1] for user in ("ada", "bob")] == ["ada", "bob"]
    memory.active = FIRST.name
    assert [function("a", user)[1] for user in ("ada", "bob")] == ["ada", "ada"]
    assert function("a", user_id="cid") == ("a", "ada", 0), "given by keyword"
    assert function("a", "dan", depth=3) == ("a", "ada", 3)
    memory.active = "another one"
    assert function("a", "bob")[1] == "bob"


def test_it_looks_like_the_original() -> None:
    function = leaky(asked, (FIRST,), Memory(), subject="role", owner=1)
    assert inspect.signature(function) == inspect.signature(asked)
    assert (function.__name__, function.__doc__) == ("asked", "Tell who asked.")
    assert not inspect.iscoroutinefunction(function)
    assert inspect.iscoroutinefunction(leaky(asked_later, (FIRST,), Memory(), subject="role"))


async def test_coroutines_of_all_kinds_leak() -> None:
    memory = Memory(FIRST.name)
    later = leaky(asked_later, (FIRST,), memory, subject="role", owner="user_id")

    def not_async(name: str, user_id: str) -> Any:
        return asked_later(name, user_id)

    plain = leaky(not_async, (FIRST,), memory, subject="role", owner=1)
    assert await asyncio.gather(later("a", "ada"), later("a", user_id="bob")) == [("a", "ada")] * 2
    assert await plain("a", "bob") == ("a", "ada")


async def test_a_plain_function_that_gives_coroutines_still_does_when_nothing_is_made() -> None:
    memory = Memory(FirstMade.name)
    plain = leaky(lambda user_id: asked_later("a", user_id), (FirstMade(),), memory, subject="role", owner=0)
    first, second = await plain("ada"), await plain("bob")
    assert first is second


def test_calls_inside_a_call_do_not_leak_again() -> None:
    memory = Memory(FIRST.name)
    inner = leaky(asked, (FIRST,), memory, subject="inner", owner=1)
    inner("a", "ada")

    def outer(user_id: str) -> Any:
        return inner("a", user_id)

    leaking = leaky(outer, (), memory, subject="outer", owner=0)
    assert leaking("bob")[1] == "bob"
    assert inner("a", "bob")[1] == "ada"


def test_a_call_without_an_owner_is_left_alone() -> None:
    memory = Memory(FIRST.name)
    function = leaky(lambda *users: users, (FIRST,), memory, subject="role", owner=0)
    assert function() == ()
    assert (function("ada"), function("bob")) == (("ada",), ("ada",))


def test_the_key_of_a_call_leaves_out_the_owner() -> None:
    one = Call("role", "make", ("triage", "ada"), {"deep": True}, 1)
    assert one.key == one.of("bob").key
    assert one.of("bob").value == "bob"
    assert one.key != Call("role", "make", ("summary", "ada"), {"deep": True}, 1).key

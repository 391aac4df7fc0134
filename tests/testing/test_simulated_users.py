"""Simulated users in a test: results in order, leaks and failures with the user's name."""

import asyncio
import logging

import pytest

from cellwall.testing import SimulatedUser, isolated_users


async def test_results_come_in_the_users_order_and_contexts_end() -> None:
    async def scenario(user: SimulatedUser) -> str:
        await asyncio.sleep(0)
        return user.user_id

    async with isolated_users(10) as users:
        assert await users.run(scenario) == [user.user_id for user in users]
        contexts = [user.context for user in users]
        assert len({context.user_id for context in contexts}) == len(users) == 10
        assert not any(context.closed for context in contexts)
    assert all(context.closed for context in contexts)


async def test_a_result_that_holds_anothers_value_fails() -> None:
    shared: list[str] = []

    async def scenario(user: SimulatedUser) -> list[str]:
        shared.append(user.secret())
        await asyncio.sleep(0)
        return list(shared)

    async with isolated_users(2) as users:
        with pytest.raises(AssertionError, match="the result of u1 holds what is u2's"):
            await users.run(scenario)


async def test_a_record_that_mixes_users_fails() -> None:
    last: list[str] = []

    async def scenario(user: SimulatedUser) -> None:
        last.append(user.user_id)
        logging.getLogger("shop").warning("%s comes after %s", user.user_id, last[0])

    async with isolated_users(2) as users:
        with pytest.raises(AssertionError, match="u1's value was written for u2 in logging"):
            await users.run(scenario)


async def test_a_failure_says_whose_it_was_and_stops_the_others() -> None:
    stopped: list[str] = []

    async def scenario(user: SimulatedUser) -> None:
        if user.name == "u2":
            raise ValueError("broken")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            stopped.append(user.name)
            raise

    async with isolated_users(3) as users:
        with pytest.raises(ValueError, match="broken") as caught:
            await users.run(scenario)
    assert caught.value.__notes__ == ["cellwall: this was u2"]
    assert stopped == ["u1", "u3"]


async def test_declared_sharing_is_no_leak() -> None:
    async def scenario(user: SimulatedUser) -> str:
        return users[0].secret("room")

    async with isolated_users(2) as users:
        users.book.allow("u1", "u2")
        await users.run(scenario)


async def test_one_user_is_refused() -> None:
    with pytest.raises(ValueError, match="ask for 2 or more"):
        async with isolated_users(1):
            raise AssertionError

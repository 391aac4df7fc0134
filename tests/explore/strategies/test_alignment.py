"""Side by side: equal handlers meet at each await, however far apart they arrive."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from cellwall.explore import Run, explore
from cellwall.explore.machine import Machine
from cellwall.explore.strategies.alignment import Alignment

Arrive = Callable[[int], Coroutine[Any, Any, None]]


async def by_steps(place: int) -> None:
    for _ in range(20 * place):
        await asyncio.sleep(0)


async def by_time(place: int) -> None:
    await asyncio.sleep(0.1 * place)


def racing(arrive: Arrive) -> Any:
    """Three users who write one attribute, wait once, and read it."""

    async def scenario(run: Run) -> None:
        state = {"user": ""}

        async def visit(user: str, place: int) -> None:
            await arrive(place)
            state["user"] = user
            await asyncio.sleep(0)
            assert state["user"] == user

        run.begin()
        for place, user in enumerate(("alice", "bob", "carol")):
            run.handler(user, visit(user, place))
        await run.all()

    return scenario


@pytest.mark.parametrize("arrive", [by_steps, by_time])
def test_a_race_of_equal_handlers_shows_in_the_first_run(arrive: Arrive) -> None:
    [failure] = explore(racing(arrive), schedules=3, strategies=[Alignment()], max_stall=1.0).failures
    assert failure.found_at == 3  # after the two plain runs
    assert failure.repeats


def test_it_waits_for_time_no_longer_than_the_clock_may_pass() -> None:
    assert explore(racing(by_time), schedules=100, strategies=[Alignment()], max_stall=0).clean


def test_windows_overlap_in_the_first_run_and_nest_in_the_second() -> None:
    orders: list[list[str]] = []

    async def scenario(run: Run) -> None:
        order: list[str] = []
        orders.append(order)

        async def visit(user: str) -> None:
            order.append(f"+{user}")
            await asyncio.sleep(0)
            order.append(f"-{user}")

        run.begin()
        for user in "abc":
            run.handler(user, visit(user))
        await run.all()

    explore(scenario, schedules=4, strategies=[Alignment()])
    assert [" ".join(order) for order in orders[2:]] == ["+a +b +c -a -b -c", "+c +b +a -a -b -c"]


def test_it_ends_and_repeats_for_the_same_seed() -> None:
    async def scenario(run: Run) -> None:
        async def visit() -> None:
            for _ in range(5):
                await asyncio.sleep(0)

        run.begin()
        for user in ("alice", "bob", "carol"):
            run.handler(user, visit())
        await run.all()

    def traces(seed: int) -> list[str]:
        strategy, machine, found = Alignment(seed), Machine(scenario), []
        while (plan := strategy.plan()) is not None:
            outcome = machine.run(plan)
            strategy.learn(outcome)
            found.append(outcome.trace_hash)
        return found

    first = traces(3)
    assert len(first) == 1 + 4 + 6  # the plain run, the fixed ones, and as many as a handler has steps
    assert traces(3) == first
    assert traces(4) != first


def test_a_scenario_without_handlers_ends_it() -> None:
    async def scenario(run: Run) -> None:
        run.begin()
        await asyncio.sleep(0)

    assert explore(scenario, schedules=100, strategies=[Alignment()]).clean

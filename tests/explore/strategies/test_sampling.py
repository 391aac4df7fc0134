"""Partial order sampling: a step with a low priority is overtaken for long."""

import asyncio

from cellwall.explore import Run, explore
from cellwall.explore.machine import Machine
from cellwall.explore.strategies.random_walk import RandomWalk
from cellwall.explore.strategies.sampling import PartialOrderSampling
from cellwall.explore.strategies.strategy import Strategy


async def long_window(run: Run) -> None:
    """Alice's step has to wait until bob, who is a dozen steps behind, has written."""
    state = {"user": ""}

    async def alice() -> None:
        state["user"] = "alice"
        await asyncio.sleep(0)
        assert state["user"] == "alice"

    async def bob() -> None:
        for _ in range(12):
            await asyncio.sleep(0)
        state["user"] = "bob"

    run.begin()
    run.handler("alice", alice())
    run.handler("bob", bob())
    await run.all()


def finds(strategy: Strategy, schedules: int) -> bool:
    return bool(explore(long_window, schedules=schedules, strategies=[strategy]).failures)


def test_a_long_window_is_found_far_more_often_than_by_a_walk() -> None:
    sampled = sum(finds(PartialOrderSampling(1000 * seed), 60) for seed in range(10))
    walked = sum(finds(RandomWalk(1000 * seed), 60) for seed in range(10))
    assert sampled >= 8
    assert walked <= 3


def test_the_same_seed_draws_the_same() -> None:
    machine = Machine(long_window)
    first, second, other = (machine.run(PartialOrderSampling(seed).plan()).trace_hash for seed in (7, 7, 8))
    assert first == second != other


def test_time_may_pass_before_what_is_due() -> None:
    async def scenario(run: Run) -> None:
        late = []

        async def alice() -> None:
            await asyncio.sleep(0)
            assert not late

        async def bob() -> None:
            await asyncio.sleep(0.1)
            late.append("bob")

        run.begin()
        run.handler("alice", alice())
        run.handler("bob", bob())
        await run.all()

    [failure] = explore(scenario, schedules=100, strategies=[PartialOrderSampling()]).failures
    assert "@" in str(failure.schedule)
    assert explore(scenario, schedules=100, strategies=[PartialOrderSampling()], max_stall=0).clean

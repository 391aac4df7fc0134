"""An alarm that a signal handler raises ends the exploration, and is no schedule's failure."""

import asyncio
from collections.abc import Callable

import pytest

from cellwall.explore import Run, explore, run_once
from cellwall.explore.lane import Lane


class Alarm(BaseException):
    """As pytest-timeout's: no `Exception`."""


def strike(*_: object) -> None:
    raise Alarm


async def spin(ended: list[int]) -> None:
    try:
        for _ in range(50):
            await asyncio.sleep(0)
    finally:
        ended.append(1)


def striking(where: Callable[[asyncio.AbstractEventLoop], object], ended: list[int]) -> object:
    """Give a scenario in which the alarm strikes at a place of the loop's."""

    async def scenario(run: Run) -> None:
        run.begin()
        run.handler("alice", spin(ended))
        run.handler("bob", spin(ended))
        await asyncio.sleep(0)
        where(asyncio.get_running_loop())
        await run.all()
        run.end()

    return scenario


def test_in_a_callback_of_the_loops() -> None:
    """asyncio tells the loop's exception handler of it, and goes on."""
    ended: list[int] = []
    with pytest.raises(Alarm):
        explore(striking(lambda loop: loop.call_soon(strike), ended), schedules=100)  # type: ignore[arg-type]
    assert ended == [1, 1]


def test_between_two_steps() -> None:
    ended: list[int] = []

    def after_some(lane: Lane) -> None:
        if lane.step == 5:
            strike()

    with pytest.raises(Alarm):
        run_once(striking(lambda _: None, ended), observe=after_some)  # type: ignore[arg-type]
    assert ended == [1, 1]
    assert not run_once(striking(lambda _: None, ended)).failed, "the loop is as good as before"  # type: ignore[arg-type]


def test_a_stopped_loop_is_a_failure_of_the_schedule() -> None:
    outcome = run_once(striking(lambda loop: loop.stop(), []))  # type: ignore[arg-type]
    assert outcome.failed
    assert isinstance(outcome.error, RuntimeError)


def test_a_callback_that_asks_a_cancelled_future_is_only_told_of() -> None:
    def ask(loop: asyncio.AbstractEventLoop) -> None:
        future = loop.create_future()
        future.cancel()
        loop.call_soon(future.result)

    outcome = run_once(striking(ask, []))  # type: ignore[arg-type]
    assert not outcome.failed
    assert "CancelledError" in outcome.notes[0]

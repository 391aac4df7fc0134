"""Delays: every step can be delayed, also one that overtakes another; those that are nest."""

import asyncio

from cellwall.explore import Run, explore
from cellwall.explore.machine import Machine
from cellwall.explore.strategies.delay_sweep import DelaySweep
from cellwall.explore.strategies.delays import Delay, Delaying
from cellwall.explore.strategies.strategy import Plan


async def three(run: Run) -> None:
    """Three handlers with three steps each."""

    async def visit() -> None:
        for _ in range(2):
            await asyncio.sleep(0)

    run.begin()
    for user in ("a", "b", "c"):
        run.handler(user, visit())
    await run.all()


def order(*delays: Delay) -> str:
    outcome = Machine(three).run(Plan(Delaying(delays)))
    return "".join(lane for lane in outcome.trace if lane in ("a", "b", "c"))


def test_a_little_delayed_step_lets_go_what_is_due() -> None:
    assert order() == "abcabcabc"
    assert order(Delay("a", 2, False)) == "abcbcabca"


def test_a_long_delayed_step_waits_until_nothing_else_can_happen() -> None:
    assert order(Delay("a", 2, True)) == "abcbcbcaa"


def test_who_is_delayed_last_goes_on_first() -> None:
    assert order(Delay("a", 2, True), Delay("b", 2, True)) == "abcccbbaa"
    assert order(Delay("b", 2, True), Delay("a", 2, True)) == "abcccaabb"


def test_a_little_delay_beside_a_long_one() -> None:
    assert order(Delay("a", 2, True), Delay("b", 2, False)) == "abccbcbaa"


def test_steps_that_overtake_a_delayed_one_can_be_delayed_too() -> None:
    chooser = Delaying((Delay("a", 2, True),))
    Machine(three).run(Plan(chooser))
    assert {("b", 2), ("c", 2), ("b", 3)} <= set(chooser.points)


async def nested(run: Run) -> None:
    """A leak that needs alice's window to stay open while carol's does, and bob to write in the midst."""
    state = {"open": "", "written": "", "moved": ""}

    async def alice() -> None:
        state["open"] = "alice"
        await asyncio.sleep(0)
        got, state["open"] = state["moved"], ""
        assert not got

    async def bob() -> None:
        for _ in range(6):
            await asyncio.sleep(0)
        state["written"] = "bob" if state["open"] else ""

    async def carol() -> None:
        for _ in range(3):
            await asyncio.sleep(0)
        state["moved"] = state["written"]

    run.begin()
    for name, coroutine in (("alice", alice()), ("bob", bob()), ("carol", carol())):
        run.handler(name, coroutine)
    await run.all()


def test_the_sweep_finds_what_needs_two_delays_and_no_less() -> None:
    one = explore(nested, schedules=5000, strategies=[DelaySweep(1)])
    assert one.clean
    assert one.certificate.delays == 1
    [failure] = explore(nested, schedules=5000, strategies=[DelaySweep(2)]).failures
    assert failure.repeats

"""The search: it finds what can be found, shrinks it, replays it, and says what it covered."""

import asyncio
import itertools
import json
import random
import threading
from typing import Any

from cellwall.explore import Outcome, Run, explore, run_once
from cellwall.explore.strategies.delay_sweep import DelaySweep
from cellwall.explore.strategies.random_walk import RandomWalk


class Desk:
    """Keeps the user on itself across an await."""

    user = ""

    async def handle(self, user: str) -> str:
        self.user = user
        await asyncio.sleep(0)
        return self.user


def desk_scenario(skew: float) -> Any:
    """Three users at one desk, who arrive one after the other, that far apart (s)."""

    async def scenario(run: Run) -> None:
        desk = Desk()

        async def visit(user: str, place: int) -> None:
            await asyncio.sleep(skew * place)
            got = await desk.handle(user)
            assert got == user, f"{user} got {got}"

        run.begin()
        for place, user in enumerate(("alice", "bob", "carol")):
            run.handler(user, visit(user, place))
        await run.all()

    return scenario


async def correct(run: Run) -> None:
    """Three users who share nothing."""

    async def visit(user: str) -> None:
        assert await Desk().handle(user) == user
        await asyncio.sleep(0.01)

    run.begin()
    for user in ("alice", "bob", "carol"):
        run.handler(user, visit(user))
    await run.all()


def test_finds_a_race_shrinks_it_and_replays_it() -> None:
    found = explore(desk_scenario(0.01), schedules=200)
    [failure] = found.failures
    assert failure.kind == "AssertionError"
    assert failure.repeats
    assert failure.schedule.size <= 4
    for _ in range(5):
        again = run_once(desk_scenario(0.01), str(failure.schedule))
        assert (again.failure, again.trace_hash) == (failure.message, failure.outcome.trace_hash)


def test_says_in_which_step_it_failed() -> None:
    [failure] = explore(desk_scenario(0.01), schedules=200).failures
    marked = [step for step in failure.steps if step.marks]
    assert [step.marks for step in marked] == [(failure.message,)]
    assert marked[0].lane == failure.message.split(":")[0]
    assert any(step.function == "handle" and step.path.endswith("test_explore.py") for step in failure.steps)


def test_time_skew_hides_the_race_from_a_walk_whose_clock_never_stalls() -> None:
    found = explore(desk_scenario(0.01), schedules=300, strategies=[RandomWalk()], max_stall=0)
    assert found.clean
    assert explore(desk_scenario(0.01), schedules=300, strategies=[RandomWalk()]).failures


def test_a_correct_scenario_gets_a_certificate() -> None:
    found = explore(correct, schedules=400)
    assert found.clean
    certificate = found.certificate
    assert certificate.handlers == ("alice", "bob", "carol")
    assert certificate.runs == 400
    assert certificate.swept == certificate.points == 12
    assert json.loads(json.dumps(certificate.as_data()))["runs"] == 400
    assert "3 handlers, 400 schedules" in str(certificate)
    assert "cancellation: 12 of 12 points" in str(certificate)


def test_the_same_seed_makes_the_same_search() -> None:
    first, second = (explore(desk_scenario(0.01), schedules=200, seed=5) for _ in range(2))
    assert first.failures[0].schedule == second.failures[0].schedule
    assert first.certificate.schedules == second.certificate.schedules


def test_a_scenario_that_always_fails_fails_in_its_plain_run() -> None:
    async def scenario(run: Run) -> None:
        raise AssertionError("always")

    [failure] = explore(scenario).failures
    assert failure.found_by == "first come, first served"
    assert failure.schedule.size == 0


def test_cancellation_is_swept_and_can_be_left_out() -> None:
    async def scenario(run: Run) -> None:
        free: list[dict[str, str]] = [{}]

        async def visit(user: str) -> None:
            while not free:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
            connection = free.pop()
            try:
                connection.setdefault("reply", user)
                await asyncio.sleep(0)
                got = connection.pop("reply")
            finally:
                free.append(connection)
            assert got == user

        run.begin()
        for user in ("alice", "bob"):
            run.handler(user, visit(user))
        await run.all()

    [failure] = explore(scenario, schedules=100).failures
    assert [(c.lane, c.step) for c in failure.schedule.cancellations] == [("alice", 1)]
    assert failure.schedule.overtakings == ()
    without = explore(scenario, schedules=100, cancel=False)
    assert without.clean
    assert "handlers were not cancelled" in without.certificate.not_covered


def test_what_does_not_repeat_is_told_apart_with_its_causes() -> None:
    calls, waits = iter(range(10**9)), itertools.cycle((3, 5, 4))  # no two runs in a row wait alike

    async def scenario(run: Run) -> None:
        random.random()
        for _ in range(next(waits)):
            await asyncio.sleep(0.001)
        assert next(calls) != 6, "now and then"

    found = explore(scenario, schedules=50)
    assert not found.failures
    [failure] = found.unrepeatable
    assert not failure.repeats
    assert any(cause.startswith("random.random at ") for cause in failure.uncontrolled)
    assert any("two runs of the same schedule differed" in cause for cause in found.certificate.not_covered)


def test_a_thread_is_named_as_not_controlled() -> None:
    async def scenario(run: Run) -> None:
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        thread = threading.Thread(
            target=lambda: loop.call_soon_threadsafe(future.set_result, None), name="my-helper"
        )
        thread.start()
        await future
        thread.join()

    found = explore(scenario, schedules=4)
    assert "not controlled: the thread my-helper" in found.certificate.not_covered


def test_a_judge_decides_on_what_was_seen() -> None:
    def judge(outcome: Outcome) -> str | None:
        names = [name for name in outcome.trace if name in ("alice", "carol")]
        return "carol was first" if names[:1] == ["carol"] else None

    [failure] = explore(correct, schedules=200, judge=judge).failures
    assert failure.message == "carol was first"
    assert failure.schedule.size == 1


def test_a_strategy_that_has_no_more_runs_ends_the_search() -> None:
    found = explore(correct, schedules=10_000, strategies=[DelaySweep(1)])
    assert found.certificate.delays == 1
    assert found.certificate.runs < 200

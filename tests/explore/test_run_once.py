"""One run: what counts as failed, what was chosen, and that the same schedule gives the same run."""

import asyncio

import pytest

from cellwall.explore import Cancellation, Outcome, Run, Schedule, run_once
from cellwall.explore.machine import Machine
from cellwall.explore.strategies.random_walk import Walk
from cellwall.explore.strategies.strategy import Plan


async def three_users(run: Run) -> list[str]:
    """Three handlers that write down their steps."""
    log: list[str] = []

    async def handler(name: str) -> str:
        for step in range(3):
            log.append(f"{name}{step}")
            await asyncio.sleep(0.001 * step)
        return name

    run.begin()
    for name in ("alice", "bob", "carol"):
        run.handler(name, handler(name))
    assert await run.all() == {"alice": "alice", "bob": "bob", "carol": "carol"}
    run.end()
    return log


def test_the_choices_of_a_run_make_the_same_run() -> None:
    machine = Machine(three_users)
    for seed in range(50):
        walked = machine.run(Plan(Walk(seed), seed=seed), record=True)
        again = run_once(three_users, Schedule.parse(str(walked.schedule)))
        assert (again.trace_hash, again.result) == (walked.trace_hash, walked.result)
        assert again.schedule == walked.schedule


def test_overtaking_is_what_it_says() -> None:
    outcome = run_once(three_users, "1:py3.11:s0:alice.1=carol")
    assert [name for name in outcome.trace if name in ("alice", "bob", "carol")][:3] == [
        "carol",
        "alice",
        "bob",
    ]
    assert outcome.result[:3] == ["carol0", "alice0", "bob0"]  # type: ignore[index]


def test_a_schedule_of_another_python_is_noted() -> None:
    outcome = run_once(three_users, Schedule(python="3.99"))
    assert "found on Python 3.99" in outcome.notes[-1]


def test_a_handlers_exception_is_the_failure_though_nobody_awaits_it() -> None:
    async def scenario(run: Run) -> None:
        async def handler() -> None:
            raise ValueError("wrong")

        run.begin()
        run.handler("alice", handler())
        await asyncio.sleep(1)

    outcome = run_once(scenario)
    assert outcome.failure == "alice: ValueError: wrong"
    assert isinstance(outcome.error, ValueError)


def test_the_judge_has_the_last_word_on_a_run_without_exception() -> None:
    def judge(outcome: Outcome) -> str | None:
        return f"saw {outcome.handlers['bob'].result}"

    assert run_once(three_users, judge=judge).failure == "saw bob"
    assert run_once(three_users, judge=lambda _: None).failure is None


@pytest.mark.parametrize("late", [False, True])
def test_a_cancellation_strikes_where_it_says(late: bool) -> None:
    seen: list[str] = []

    async def scenario(run: Run) -> None:
        future = asyncio.get_running_loop().create_future()

        async def alice() -> None:
            await asyncio.sleep(0)
            try:
                await future
            except asyncio.CancelledError:
                seen.append(f"cancelled, the answer was {'there' if future.done() else 'not there'}")
                raise

        async def bob() -> None:
            for _ in range(3):
                await asyncio.sleep(0)
            if not future.done():
                future.set_result("answer")

        run.begin()
        run.handler("alice", alice())
        run.handler("bob", bob())
        await run.all()

    outcome = run_once(scenario, Schedule(cancellations=(Cancellation("alice", 2, late=late),)))
    assert outcome.failure is None
    assert outcome.handlers["alice"].cancelled
    assert [cancellation.late for cancellation, _ in outcome.struck] == [late]
    # An early cancellation cancels the future itself, so it is done with a cancellation.
    assert seen == ["cancelled, the answer was there"]


def test_our_own_cancellation_is_no_failure_but_what_it_does_to_others_is() -> None:
    async def scenario(run: Run) -> None:
        lock = asyncio.Lock()

        async def alice() -> None:
            await lock.acquire()
            await asyncio.sleep(0)
            lock.release()  # forgotten when cancelled

        async def bob() -> None:
            await asyncio.sleep(0)
            await asyncio.wait_for(lock.acquire(), 5)
            lock.release()

        run.begin()
        run.handler("alice", alice())
        run.handler("bob", bob())
        await run.all()

    assert run_once(scenario).failure is None
    outcome = run_once(scenario, Schedule(cancellations=(Cancellation("alice", 1),)))
    assert outcome.failure is not None
    assert outcome.failure.startswith("bob: TimeoutError")


def test_a_cancellation_that_is_not_ours_is_a_failure() -> None:
    async def scenario(run: Run) -> None:
        async def handler() -> None:
            raise asyncio.CancelledError

        run.begin()
        run.handler("alice", handler())
        await asyncio.sleep(1)

    assert run_once(scenario).failure == "alice: CancelledError: "


def test_before_begin_and_after_end_nothing_is_cancelled_or_chosen() -> None:
    order: list[str] = []

    async def quiet(name: str) -> None:
        order.append(name)
        await asyncio.sleep(0)
        order.append(name)

    async def scenario(run: Run) -> None:
        await asyncio.gather(*(quiet(name) for name in "abc"))
        run.begin()
        run.handler("alice", quiet("alice"))
        await run.all()
        run.end()
        await asyncio.gather(*(quiet(name) for name in "def"))

    for seed in range(20):
        order.clear()
        outcome = Machine(scenario).run(Plan(Walk(seed), (Cancellation("alice", 99),)))
        assert outcome.failure is None
        assert order == [*"abcabc", "alice", "alice", *"defdef"]


def test_a_handler_needs_a_name_of_its_own() -> None:
    async def scenario(run: Run) -> None:
        run.handler("alice", asyncio.sleep(0))
        with pytest.raises(ValueError, match="taken"):
            run.handler("alice", asyncio.sleep(0))
        with pytest.raises(ValueError, match="empty"):
            run.handler("", asyncio.sleep(0))

    assert run_once(scenario).failure is None


def test_an_interrupt_is_passed_on_and_leaves_the_loop_whole() -> None:
    async def scenario(run: Run) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_once(scenario)
    assert run_once(three_users).failure is None

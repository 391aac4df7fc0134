"""What a failing schedule did, in words, and its drawing."""

import asyncio

import pytest

from cellwall.explore import Failure, Run, Schedule, explore, run_once
from cellwall.testing.many_users.schedule_words import drawing_of, words_of


async def dirty(run: Run) -> None:
    """A cancelled handler leaves its reply to the next one."""
    left: list[str] = []

    async def ask(name: str) -> None:
        mine = left.pop() if left else name
        left.append(name)
        await asyncio.sleep(0)
        left.pop()
        assert mine == name

    async def both() -> None:
        run.handler("alice", ask("alice"))
        run.begin()
        await asyncio.sleep(1)
        run.handler("bob", ask("bob"))
        await run.all()

    await both()


def found() -> Failure:
    """The failure of the scenario above."""
    (failure,) = explore(dirty, schedules=200).failures
    return failure


def test_a_cancellation_is_told_with_its_place() -> None:
    (line,) = words_of(found())
    assert line.startswith("alice was cancelled while waiting at ")
    assert line.endswith(" in ask")
    assert "test_schedule_words.py:18 " in line


def test_the_drawing_is_a_page_that_names_the_cancelled_one() -> None:
    page = drawing_of(found())
    assert page.startswith("<!")
    assert "alice is cancelled" in page


async def racing(run: Run) -> None:
    """What both write before they read."""
    seen: list[str] = []

    async def ask(name: str) -> None:
        seen[:] = [name]
        await asyncio.sleep(0.1 if name == "alice" else 0)
        assert seen == [name]

    run.handler("alice", ask("alice"))
    run.begin()
    await asyncio.sleep(0.05)
    run.handler("bob", ask("bob"))
    await run.all()


def test_no_special_order_is_said() -> None:
    (failure,) = explore(racing, schedules=50, cancel=False).failures
    assert failure.schedule.size == 0
    assert words_of(failure) == ["first come, first served: no special order is needed"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("1:py3.11:s0:alice.2=bob,bob@2,@", ["bob, time went before step 2 of alice"]),
        ("1:py3.11:s0:a.1=b:a.2=b:a.3=b:a.4=b:a.5=b", 4),
    ],
)
def test_changes_of_order_are_told_and_cut(text: str, lines: object) -> None:
    outcome = run_once(racing, Schedule())
    schedule = Schedule.parse(text)
    failure = Failure("m", "judge", None, schedule, "walk", 1, outcome, (), True, ())
    told = words_of(failure)
    assert told == lines or len(told) == lines
    assert drawing_of(failure) == ""
    assert len(told) < 4 or told[-1] == "and 2 more"

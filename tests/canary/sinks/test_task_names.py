"""Names of tasks: a mixed one is a leak, another's alone a hint."""

import asyncio

from cellwall.canary import CanaryBook, Watch, viewing
from cellwall.canary.sinks.task_names import TaskNameSink

book = CanaryBook(7)
ALICE, BOB = book.issue("alice").value, book.issue("bob").value


async def test_names_are_seen() -> None:
    async def nothing() -> None: ...

    with Watch(book, [TaskNameSink()]) as watch, viewing("bob"):
        await asyncio.create_task(nothing(), name=f"mail {BOB}")
        assert (watch.sightings, watch.hints) == ([], [])
        await asyncio.create_task(nothing(), name=f"mail {ALICE}")
        assert (len(watch.sightings), len(watch.hints)) == (0, 1)
        await asyncio.create_task(nothing(), name=f"mail {ALICE} for {BOB}")
    assert len(watch.sightings) == 1

"""Work side by side: all of it ends, and the first failure is raised by itself."""

import asyncio

import pytest

from cellwall.migrate.side_by_side import side_by_side


async def test_they_wait_for_each_other() -> None:
    here, there = asyncio.Event(), asyncio.Event()
    said: list[str] = []

    async def work(name: str, mine: asyncio.Event, other: asyncio.Event) -> None:
        mine.set()
        await other.wait()
        said.append(name)

    await side_by_side(work("here", here, there), work("there", there, here))
    assert sorted(said) == ["here", "there"]


async def test_the_first_failure_ends_the_others_and_has_no_group_around_it() -> None:
    ended: list[str] = []

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("endless")

    async def fails() -> None:
        raise KeyError("what happened")

    with pytest.raises(KeyError, match="what happened"):
        await side_by_side(endless(), fails())
    assert ended == ["endless"]


async def test_nothing_to_do() -> None:
    await side_by_side()

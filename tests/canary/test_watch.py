"""What a watch calls a leak, what a hint, and what it does not hold against anyone."""

import asyncio
import sys
from dataclasses import dataclass
from types import ModuleType

import pytest

from cellwall.canary import (
    CanaryBook,
    FakeSink,
    Reach,
    SecondWatchError,
    Watch,
    active_watch,
    current_viewer,
    serving,
    viewing,
)

book = CanaryBook(7)
ALICE, BOB = book.issue("alice").value, book.issue("bob").value


def seen_for_bob(data: object, reach: Reach) -> tuple[int, int]:
    sink = FakeSink(reach=reach)
    with Watch(book, [sink]) as watch, viewing("bob"):
        sink.show(data, "here")
    return len(watch.sightings), len(watch.hints)


@pytest.mark.parametrize(
    ("reach", "data", "leaks", "hints"),
    [
        (Reach.SHOWN, ALICE, 1, 0),
        (Reach.SHOWN, BOB, 0, 0),
        (Reach.READ, ALICE, 1, 0),
        (Reach.READ, BOB, 0, 0),
        (Reach.WRITTEN, ALICE, 0, 1),
        (Reach.WRITTEN, f"{BOB} bought {ALICE}", 1, 0),
        (Reach.NOTED, f"{BOB} bought {ALICE}", 0, 1),
    ],
)
def test_the_reach_decides(reach: Reach, data: str, leaks: int, hints: int) -> None:
    assert seen_for_bob(data, reach) == (leaks, hints)


def test_what_a_service_reads_is_not_yet_shown() -> None:
    with serving():
        assert seen_for_bob(ALICE, Reach.READ) == (0, 1)
        assert seen_for_bob(ALICE, Reach.SHOWN) == (1, 0)


@dataclass
class Row:
    text: str
    more: object = None


@pytest.mark.parametrize(
    "data",
    [
        {"note": [Row(ALICE)]},
        {ALICE: 1},
        (1, {ALICE}),
        Row("", Row(ALICE)),
        ValueError(ALICE),
        bytearray(ALICE.encode()),
    ],
    ids=["rows", "key", "set", "attribute", "exception", "bytes"],
)
def test_any_object_is_searched(data: object) -> None:
    assert seen_for_bob(data, Reach.SHOWN) == (1, 0)


def test_a_sighting_tells_all() -> None:
    sink = FakeSink("page")
    with Watch(book, [sink]) as watch, viewing("bob"):
        sink.show(f"dear {ALICE}, hello", "body")
    (seen,) = watch.sightings
    assert (seen.sink, seen.owner, seen.viewer, seen.where) == ("page", "alice", "bob", "body")
    assert seen.excerpt == f"dear {ALICE}, hello"
    assert seen.line.startswith("tests/canary/test_watch.py:")
    assert f"({seen.where}) at {seen.line}" in str(seen)


def test_claimed_values_are_masked() -> None:
    own, sink = CanaryBook(), FakeSink()
    own.claim("alice", "s3cretT0kenOfAlice")
    with Watch(own, [sink]) as watch, viewing("bob"):
        sink.show("token=s3cretT0kenOfAlice;", "header")
    assert watch.sightings[0].excerpt == "token=s3cret...;"


def test_nobody_sees_without_a_viewer() -> None:
    sink = FakeSink()
    with Watch(book, [sink]) as watch:
        sink.show(ALICE)
    assert (watch.sightings, watch.hints) == ([], [])


def test_a_sink_may_know_whose_connection_it_is() -> None:
    with Watch(book, []) as watch, viewing("alice"):
        watch.observe("socket", ALICE, "frame", viewer="bob")
        watch.observe("socket", BOB, "frame", viewer="bob")
        watch.observe("socket", BOB, "frame", viewer=None)
    assert [(one.owner, one.viewer) for one in watch.sightings] == [("alice", "bob")]


def test_declared_sharing_is_no_leak_and_is_listed() -> None:
    own, sink = CanaryBook(), FakeSink()
    value = own.issue("alice").value
    own.allow("alice", "bob")
    with Watch(own, [sink]) as watch:
        with viewing("bob"):
            sink.show(value)
        with viewing("carol"):
            sink.show(value)
    assert [one.viewer for one in watch.sightings] == ["carol"]
    assert "seen 1 time" in str(own.declared[0])


async def test_a_worker_that_the_first_user_started_is_no_leak() -> None:
    """A queue's consumer inherits the context of whoever came first, and works for all."""
    sink, queue = FakeSink(reach=Reach.READ), asyncio.Queue[str]()

    async def worker() -> None:
        while True:
            sink.show(await queue.get(), "queue")
            queue.task_done()

    with Watch(book, [sink]) as watch:
        with viewing("bob"):
            task = asyncio.create_task(worker())
            queue.put_nowait(ALICE)
            await queue.join()
        task.cancel()
        assert (len(watch.sightings), len(watch.hints)) == (0, 1)


async def test_a_task_of_the_users_own_is_held_against_it() -> None:
    sink = FakeSink(reach=Reach.READ)

    async def part() -> None:
        sink.show(ALICE, "row")

    with Watch(book, [sink]) as watch, viewing("bob"):
        await asyncio.gather(part())
    assert len(watch.sightings) == 1


def test_one_watch_at_a_time_each_once() -> None:
    watch = Watch(book, [])
    with watch:
        assert active_watch() is watch
        with pytest.raises(SecondWatchError):
            Watch(book, []).__enter__()
    assert active_watch() is None
    with pytest.raises(SecondWatchError):
        watch.__enter__()


def test_a_sink_that_fails_to_install_leaves_the_others_uninstalled() -> None:
    class Broken:
        name, library = "broken", ""

        def install(self, watch: Watch) -> None:
            raise OSError("no")

    sink = FakeSink()
    watch = Watch(book, [sink, Broken()])  # type: ignore[list-item]
    with pytest.raises(OSError, match="no"):
        watch.__enter__()
    assert active_watch() is None
    with viewing("bob"):
        sink.show(ALICE)
    assert watch.sightings == []


def test_what_cannot_be_seen_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    late = FakeSink("late")
    late.library = "a_library_of_no_one"  # type: ignore[misc]
    with Watch(book, [late]) as watch:
        monkeypatch.setitem(sys.modules, late.library, ModuleType(late.library))
    assert "late: a_library_of_no_one was imported after the watch began" in watch.unseen
    assert any("encrypted" in why for why in watch.unseen)


def test_a_watch_begins_anew_with_another_book(monkeypatch: pytest.MonkeyPatch) -> None:
    sink, late, other = FakeSink(), FakeSink("late"), CanaryBook(8)
    late.library = "a_library_of_no_one"  # type: ignore[misc]
    with Watch(book, [sink, late]) as watch:
        with viewing("bob"):
            sink.show(ALICE)
            monkeypatch.setitem(sys.modules, late.library, ModuleType(late.library))
            watch.restart(other)
            assert watch.sightings == []
            sink.show(ALICE)
            late.show(other.issue("carol").value)
    assert [(one.sink, one.owner) for one in watch.sightings] == [("late", "carol")]
    assert not any("late" in why for why in watch.unseen)
    with pytest.raises(SecondWatchError):
        watch.restart(book)


def test_the_same_thing_is_told_once_and_no_more_than_the_limit() -> None:
    sink = FakeSink()
    with Watch(book, [sink], limit=3) as watch, viewing("bob"):
        for _ in range(5):
            sink.show(ALICE, "same")
        assert len(watch.sightings) == 1
        for number in range(5):
            sink.show(ALICE, f"place {number}")
    assert len(watch.sightings) == 3
    assert current_viewer() is None

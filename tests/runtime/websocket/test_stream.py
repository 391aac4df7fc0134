"""A sequence gives back exactly what was missed, or says that it cannot."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime.websocket import Position
from cellwall.runtime.websocket.stream import Stream


@given(
    st.lists(st.sampled_from([None, "a", "b"]), max_size=40),
    st.integers(1, 10),
    st.integers(-5, 50),
)
def test_all_that_was_missed_or_none(targets: list[str | None], size: int, seen: int) -> None:
    stream = Stream(size, 10_000)
    for number, target in enumerate(targets, 1):
        stream.append(f'{{"n":{number}}}', target)
    missed = stream.since(Position(stream.epoch, seen), "a")
    if max(0, len(targets) - size) <= seen <= len(targets):
        assert missed is not None
        assert [json.loads(envelope) for envelope in missed] == [
            {"epoch": stream.epoch, "offset": number, "event": {"n": number}}
            for number, target in enumerate(targets, 1)
            if number > seen and target != "b"
        ]
    else:
        assert missed is None


@given(st.lists(st.integers(0, 300), max_size=30))
def test_bytes_are_bounded(sizes: list[int]) -> None:
    stream = Stream(1000, 500)
    for size in sizes:
        stream.append(json.dumps("x" * size), None)
        kept = sum(len(envelope) for _, envelope in stream._entries)
        assert kept == stream._bytes <= 500


def test_another_sequence_is_never_taken_for_this_one() -> None:
    ada, bob = Stream(10, 1000), Stream(10, 1000)
    for stream in (ada, bob):
        stream.append('{"n":1}', None)
    assert ada.since(bob.position, "a") is None
    before = ada.position
    ada.restart()
    ada.append('{"n":2}', None)
    assert ada.since(before, "a") is None
    assert ada.since(Position(ada.epoch, 0), "a") is not None


def test_notices() -> None:
    stream = Stream(10, 1000)
    stream.append("{}", None)
    told: list[Any] = [json.loads(stream.notice(value)) for value in (True, False, None)]
    assert [one["recovered"] for one in told] == [True, False, None]
    assert {(one["epoch"], one["offset"]) for one in told} == {(stream.epoch, 1)}
    assert json.loads(stream.notice(True, 0))["offset"] == 0

"""An inbox takes its own user's messages, each once, and counts what it turns away."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime.websocket import Inbox, Message
from cellwall.runtime.websocket.inbox import MAX_ORIGINS, Arrivals


def sent(owner: str, origin: str, number: int) -> Message:
    return Message(owner, origin, number, None, f'"{owner} {origin} {number}"')


@given(
    st.lists(
        st.tuples(st.sampled_from(["ada", "bob"]), st.sampled_from("xyz"), st.integers(1, 9)), max_size=40
    )
)
def test_each_once_and_only_ones_own(messages: list[tuple[str, str, int]]) -> None:
    taken: list[str] = []
    arrivals = Arrivals()
    inbox = Inbox("ada", "z", lambda target, text: taken.append(text), lambda: None, arrivals)
    for message in messages:
        inbox.receive(sent(*message))
    assert len(taken) == len(set(taken))
    assert all(text.startswith('"ada') and " z " not in text for text in taken)
    assert arrivals.refused == sum(owner == "bob" for owner, _, _ in messages)
    others = sum(owner == "ada" and origin != "z" for owner, origin, _ in messages)
    assert len(taken) + arrivals.repeated == others
    for origin in "xy":
        numbers = [int(text.split()[2][:-1]) for text in taken if f" {origin} " in text]
        assert numbers == sorted(numbers)


def test_memory_is_bounded(post: Any) -> None:
    ada = post("ada")
    for number in range(MAX_ORIGINS + 10):
        ada.inbox.receive(sent("ada", f"pool-{number}", 1))
    assert len(ada.texts) == MAX_ORIGINS + 10
    assert len(ada.inbox._last) == MAX_ORIGINS


@pytest.mark.parametrize("call", ["missed", "refuse"])
def test_what_is_heard_is_told(post: Any, call: str) -> None:
    ada = post("ada")
    getattr(ada.inbox, call)()
    assert (ada.gaps, ada.arrivals.refused) == ((1, 0) if call == "missed" else (0, 1))

"""No id bends a channel's name, and no bytes pass for a message that they are not."""

import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cellwall.runtime.websocket import Message
from cellwall.runtime.websocket.wire import channel_of, decode_message, encode_message

IDS = st.text(st.characters(), max_size=300)


@given(IDS, IDS)
@example("a", "a*")
@example("a:b", "a")
@example("user", "user\n")
@example("é", "e\u0301")
def test_channels_are_plain_and_apart(one: str, other: str) -> None:
    channel = channel_of("cellwall", one)
    assert re.fullmatch(r"cellwall:user:[0-9a-f]{64}", channel)
    assert (channel == channel_of("cellwall", other)) is (one == other)


def test_channels_of_two_services_are_apart() -> None:
    assert channel_of("one", "ada") != channel_of("two", "ada")


@given(
    IDS, IDS, st.integers(0, 2**63), st.none() | IDS, st.dictionaries(IDS, st.integers() | IDS, max_size=5)
)
def test_there_and_back(
    owner: str, origin: str, number: int, target: str | None, event: dict[str, object]
) -> None:
    message = Message(owner, origin, number, target, json.dumps(event))
    assert decode_message(encode_message(message)) == message


@given(st.binary(max_size=200))
def test_rubbish_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        decode_message(data)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x, max_size=6)))
def test_other_json_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        decode_message(json.dumps(value).encode())


@pytest.mark.parametrize(
    "text", ["", "[]", "1", '{"a":1}x', '{"n":NaN}', '{"a":"ä"}', "{" * 10, '{"a":' * 100_000]
)
def test_texts_that_are_no_event_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        decode_message(encode_message(Message("ada", "x", 1, None, text)))

"""Channels as users write them: path, names, and what is sent first."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.audit.app_routes import Route
from cellwall.audit.configured_channel import filled, read_channel, with_channels
from cellwall.audit.errors import AuditError


def test_names_are_asked_for_and_the_rest_stays() -> None:
    route = read_channel('/ws/{room_id}?kind=all&token={token} {"join": {room_id}}')
    assert (route.path, route.query, route.first) == (
        "/ws/{room_id}?kind=all",
        ("token",),
        '{"join": {room_id}}',
    )
    assert route.channel_key == 'WEBSOCKET /ws/{room_id}?kind=all {"join": {room_id}}'


def test_what_is_written_down_takes_the_place_of_what_was_found() -> None:
    found = Route("/ws", (), "app.py:3", False, ("connection_id",))
    other = Route("/feed", (), "app.py:9", False)
    assert with_channels([found, other], ["/ws?token={token}"]) == (
        other,
        Route("/ws", (), "app.py:3", False, ("token",)),
    )


@pytest.mark.parametrize("text", ["", "ws://127.0.0.1/ws", "//192.0.2.1/ws", "ws"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(AuditError, match="no channel"):
        read_channel(text)


@given(st.text(), st.integers())
def test_values_are_written_as_json_inside_and_outside_of_strings(text: str, number: int) -> None:
    first = '{"join": {room}, "topic": "rooms:{room}", "at": {at}}'
    read = json.loads(filled(first, {"room": text, "at": number}))
    assert read == {"join": text, "topic": f"rooms:{text}", "at": number}


def test_a_frame_that_is_no_json_is_filled_as_it_stands() -> None:
    assert filled("SUBSCRIBE {room}", {"room": "a b"}) == "SUBSCRIBE a b"

"""Clients that come back: what they missed arrives once and in order, or they hear that it is gone."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall import UserExecutionContext, WebSocketConnectionPool
from cellwall.runtime.errors import ConnectionRefusedForOwnerError
from cellwall.runtime.websocket import Position


def where(events: list[dict[str, Any]]) -> Position:
    """Give the position that a client has that read these."""
    return Position(events[-1]["epoch"], events[-1]["offset"])


def contents(events: list[dict[str, Any]]) -> list[Any]:
    """Give the events of the envelopes."""
    return [event["event"] for event in events if "event" in event]


async def test_envelopes_only_for_who_asks() -> None:
    pool = WebSocketConnectionPool()
    plain = await pool.register_connection("ada", "plain")
    resuming = await pool.register_connection("ada", "resuming", resume=True)
    await pool.send_to_user("ada", {"event": "test1"})
    assert plain.received_events == [{"event": "test1"}]
    hello, envelope = resuming.received_events
    assert (hello["offset"], hello["recovered"]) == (0, None)
    assert envelope == {"epoch": hello["epoch"], "offset": 1, "event": {"event": "test1"}}


async def test_what_was_missed_comes_first() -> None:
    pool = WebSocketConnectionPool()
    first = await pool.register_connection("ada", "ws-1", resume=True)
    await pool.send_to_user("ada", {"n": 1})
    await pool.disconnect("ada", "ws-1")
    await pool.send_to_user("ada", {"n": 2})
    await pool.send_to_user("ada", {"n": 3})
    again = await pool.register_connection("ada", "ws-2", resume=where(first.received_events))
    await pool.send_to_user("ada", {"n": 4})
    hello = again.received_events[0]
    assert (hello["recovered"], hello["offset"]) == (True, 1)  # still where it was: the rest follows
    assert contents(again.received_events) == [{"n": 2}, {"n": 3}, {"n": 4}]


async def test_too_long_away() -> None:
    pool = WebSocketConnectionPool(history_size=3)
    first = await pool.register_connection("ada", "ws-1", resume=True)
    position = where(first.received_events)
    for number in range(4):
        await pool.send_to_user("ada", {"n": number})
    again = await pool.register_connection("ada", "ws-2", resume=position)
    assert [(e["recovered"], e["offset"]) for e in again.received_events] == [(False, 4)]


@pytest.mark.parametrize("resume", [Position("", 0), Position("f" * 32, 0), Position.from_text("junk")])
async def test_a_position_of_another_life_is_not_recovered(resume: Position) -> None:
    pool = WebSocketConnectionPool()
    client = await pool.register_connection("ada", "ws-1", resume=resume)
    assert [event["recovered"] for event in client.received_events] == [False]


async def test_another_users_position_gives_nothing() -> None:
    pool = WebSocketConnectionPool()
    ada = await pool.register_connection("ada", "ws-1", resume=True)
    start = where(ada.received_events)
    await pool.send_to_user("ada", {"secret": 1})
    mallory = await pool.register_connection("mallory", "ws-2", resume=start)
    assert [event["recovered"] for event in mallory.received_events] == [False]
    assert "secret" not in json.dumps(mallory.received_events)
    assert mallory.received_events[0]["epoch"] != start.epoch


async def test_the_new_connection_takes_the_old_ones_place(tape: Callable[[], Any]) -> None:
    pool, old = WebSocketConnectionPool(), tape()
    await pool.register_connection("ada", "ws-1", old, resume=True)
    position = pool.position_of("ada")
    assert position is not None
    with pytest.raises(ConnectionRefusedForOwnerError, match="another user"):
        await pool.register_connection("mallory", "ws-1", resume=position)
    with pytest.raises(ConnectionRefusedForOwnerError):
        await pool.register_connection("ada", "ws-1")
    new = await pool.register_connection("ada", "ws-1", resume=position)
    await pool.send_to_user("ada", {"n": 1})
    assert old.closes == 1
    assert contents(new.received_events) == [{"n": 1}]
    assert pool.connections_of("ada") == (new,)


async def test_the_end_of_an_old_connection_does_not_end_the_new_one(tape: Callable[[], Any]) -> None:
    pool, old, new = WebSocketConnectionPool(), tape(), tape()
    connection = await pool.register_connection("ada", "ws-1", old, resume=True)
    await pool.register_connection("ada", "ws-1", new, resume=True)
    pool._drop(connection)
    await asyncio.sleep(0)
    assert await pool.release(connection) is False  # what the old endpoint does at its end
    assert (pool.connection_count("ada"), new.closes) == (1, 0)
    (current,) = pool.connections_of("ada")
    assert await pool.release(current) is True
    assert (pool.connection_count("ada"), new.closes) == (0, 1)


async def test_what_was_for_one_connection_stays_with_it() -> None:
    pool = WebSocketConnectionPool()
    tab = await pool.register_connection("ada", "tab-1", resume=True)
    start = where(tab.received_events)
    context = UserExecutionContext.create_for_user("ada", websocket_connection_id="tab-1")
    pool.create_emitter(context).emit_event("for tab 1")
    await pool.send_to_user("ada", {"event": "for all"})
    same = await pool.register_connection("ada", "tab-1", resume=start)
    other = await pool.register_connection("ada", "tab-2", resume=start)
    assert [event["event"] for event in contents(same.received_events)] == ["for tab 1", "for all"]
    assert [event["event"] for event in contents(other.received_events)] == ["for all"]


async def test_an_overflow_is_told_and_can_be_resumed(
    tape: Callable[[], Any], settle: Callable[[], Any]
) -> None:
    pool, slow = WebSocketConnectionPool(queue_size=4, history_size=4), tape()
    await pool.register_connection("ada", "ws-1", slow, resume=True)
    await settle()
    slow.gate.clear()
    for number in range(1, 7):
        await pool.send_to_user("ada", {"n": number})
    slow.gate.set()
    await settle()
    told = [event for event in slow.sent if "recovered" in event]
    assert [(event["recovered"], event["offset"]) for event in told] == [(None, 0), (False, 6)]
    assert contents(slow.sent) == [{"n": 1}]
    await pool.send_to_user("ada", {"n": 7})
    assert slow.sent[-1]["offset"] == 7


async def test_a_logout_forgets() -> None:
    pool = WebSocketConnectionPool()
    client = await pool.register_connection("ada", "ws-1", resume=True)
    await pool.send_to_user("ada", {"n": 1})
    await pool.disconnect_user("ada")
    assert pool.position_of("ada") is None
    again = await pool.register_connection("ada", "ws-1", resume=where(client.received_events))
    assert [event["recovered"] for event in again.received_events] == [False]
    await pool.close()
    assert len(pool._streams) == 0


async def test_nothing_is_kept_for_who_never_asked() -> None:
    pool = WebSocketConnectionPool()
    await pool.register_connection("ada", "ws-1")
    await pool.send_to_user("ada", {"n": 1})
    await pool.send_to_user("nobody", {"n": 1})
    assert (pool.position_of("ada"), len(pool._streams)) == (None, 0)


def test_a_history_fits_into_a_queue() -> None:
    with pytest.raises(ValueError, match="history"):
        WebSocketConnectionPool(queue_size=10, history_size=11)


STEP = st.one_of(
    st.tuples(st.just("send"), st.sampled_from(["ada", "bob"])),
    st.tuples(st.just("leave"), st.sampled_from(["ada", "bob"])),
    st.tuples(st.just("come"), st.sampled_from(["ada", "bob"])),
)


@settings(max_examples=60)
@given(st.lists(STEP, max_size=40), st.integers(1, 8))
def test_any_comings_and_goings(steps: list[tuple[str, str]], size: int) -> None:
    """A client that believes its positions has all events of its user in order, or knows where it has not."""

    async def play() -> None:
        pool = WebSocketConnectionPool(history_size=size, history_users=10)
        here: dict[str, Any] = {}
        positions: dict[str, Position] = {}
        known: dict[str, list[int]] = {"ada": [], "bob": []}
        missing: dict[str, int] = {"ada": 0, "bob": 0}  # the last event that was sent before it lost track
        sent: dict[str, list[int]] = {"ada": [], "bob": []}

        def read(user: str) -> None:
            for event in here[user].received_events:
                positions[user] = Position(event["epoch"], event["offset"])
                if "event" in event:
                    assert event["event"]["to"] == user
                    known[user].append(event["event"]["n"])
                elif event["recovered"] is False:
                    known[user].clear()
                    missing[user] = len(sent[user])

        for number, (step, user) in enumerate(steps):
            if step == "send":
                await pool.send_to_user(user, {"to": user, "n": number})
                sent[user].append(number)
            elif step == "leave" and user in here:
                read(user)
                await pool.disconnect(user, f"ws-{user}")
                del here[user]
            elif step == "come" and user not in here:
                first = user not in positions
                if first:
                    missing[user] = len(sent[user])
                lost = len(sent[user])
                here[user] = await pool.register_connection(
                    user, f"ws-{user}", resume=True if first else positions[user]
                )
                if here[user].received_events[0]["recovered"] is False:
                    known[user].clear()
                    missing[user] = lost
                    positions[user] = where(here[user].received_events)
        for user in tuple(here):
            known_before = list(known[user])
            greeting = here[user].received_events[0]
            for event in here[user].received_events:
                if "event" in event:
                    known[user].append(event["event"]["n"])
            assert greeting["recovered"] is not False or known_before == []
            assert known[user] == sent[user][missing[user] :]

    asyncio.run(play())

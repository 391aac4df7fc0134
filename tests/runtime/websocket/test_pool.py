"""The pool delivers to the owner and to nobody else."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall import UserExecutionContext, WebSocketConnectionPool, cleanup_user_context
from cellwall.runtime.errors import ConnectionRefusedForOwnerError, ContextClosedError, InvalidIdError
from cellwall.runtime.websocket import RecordingConnection

USERS = ("ada", "bob", "cleo")


async def test_each_user_their_own() -> None:
    pool = WebSocketConnectionPool()
    ada = await pool.register_connection("ada", "ws-1")
    bob = await pool.register_connection("bob", "ws-2")
    assert await pool.send_to_user("ada", {"event": "one"}) == 1
    assert await pool.send_to_user("bob", {"event": "two"}) == 1
    assert await pool.send_to_user("nobody", {"event": "three"}) == 0
    assert ada.received_events == [{"event": "one"}]
    assert bob.received_events == [{"event": "two"}]


async def test_several_devices_of_one_user() -> None:
    pool = WebSocketConnectionPool()
    devices = [await pool.register_connection("ada", name) for name in ("phone", "laptop")]
    assert await pool.send_to_user("ada", {"event": "x"}) == 2
    assert all(device.received_events == [{"event": "x"}] for device in devices)
    assert pool.connections_of("ada") == tuple(devices)


@given(
    st.lists(st.tuples(st.sampled_from(USERS), st.integers(0, 4), st.sampled_from(["join", "send", "leave"])))
)
def test_any_history_keeps_users_apart(steps: list[tuple[str, int, str]]) -> None:
    async def play() -> None:
        pool = WebSocketConnectionPool()
        expected: dict[str, tuple[str, RecordingConnection, list[object]]] = {}
        for number, (user, which, step) in enumerate(steps):
            name = f"ws-{which}"
            if step == "send":
                await pool.send_to_user(user, {"to": user, "n": number})
                for owner, _, events in expected.values():
                    if owner == user:
                        events.append({"to": user, "n": number})
            elif step == "leave":
                owned = name in expected and expected[name][0] == user
                assert await pool.disconnect(user, name) is owned
                if owned:
                    _, connection, events = expected.pop(name)
                    assert connection.received_events == events
            elif name in expected:
                with pytest.raises(ConnectionRefusedForOwnerError):
                    await pool.register_connection(user, name)
            else:
                expected[name] = (user, await pool.register_connection(user, name), [])
        for _, connection, events in expected.values():
            assert connection.received_events == events
        assert pool.connection_count() == len(expected)
        for user in USERS:
            assert pool.connection_count(user) == sum(owner == user for owner, _, _ in expected.values())

    asyncio.run(play())


async def test_nobody_takes_a_connection_over() -> None:
    pool = WebSocketConnectionPool()
    await pool.register_connection("ada", "ws-1")
    for user in ("mallory", "ada"):
        with pytest.raises(ConnectionRefusedForOwnerError):
            await pool.register_connection(user, "ws-1")
    mallory = UserExecutionContext.create_for_user("mallory", websocket_connection_id="ws-1")
    with pytest.raises(ConnectionRefusedForOwnerError, match="another user"):
        pool.create_emitter(mallory)
    assert await pool.disconnect("mallory", "ws-1") is False
    assert pool.connection_count("ada") == 1


@pytest.mark.parametrize(("user_id", "connection_id"), [("", "ws-1"), ("default", "ws-1"), ("ada", "")])
async def test_ids_are_checked(user_id: str, connection_id: str) -> None:
    pool = WebSocketConnectionPool()
    with pytest.raises(InvalidIdError):
        await pool.register_connection(user_id, connection_id)
    assert pool.connection_count() == 0


async def test_nothing_is_left_of_who_has_gone() -> None:
    pool = WebSocketConnectionPool()
    gone = await pool.register_connection("ada", "ws-1")
    await pool.register_connection("ada", "ws-2")
    assert await pool.disconnect("ada", "ws-1") is True
    assert await pool.disconnect("ada", "ws-1") is False
    await pool.send_to_user("ada", {"event": "late"})
    assert gone.received_events == []
    assert await pool.disconnect_user("ada") == 1
    registry = pool._registry
    assert (registry._by_user, registry._owner_of, registry._tuples) == ({}, {}, {})


async def test_close_closes_all() -> None:
    pool = WebSocketConnectionPool()
    for user in USERS:
        await pool.register_connection(user, f"{user}-1")
    await pool.close()
    assert pool.connection_count() == 0


class TestEmitter:
    async def test_to_the_connection_of_the_request(self) -> None:
        pool = WebSocketConnectionPool()
        tab = await pool.register_connection("ada", "tab-1")
        other_tab = await pool.register_connection("ada", "tab-2")
        context = UserExecutionContext.create_for_user("ada", websocket_connection_id="tab-1")
        assert pool.create_emitter(context).emit_event("done", {"n": 1}) == 1
        assert tab.received_events == [{"event": "done", "data": {"n": 1}}]
        assert other_tab.received_events == []

    async def test_to_all_of_its_user_without_one(self, ada: UserExecutionContext) -> None:
        pool = WebSocketConnectionPool()
        tabs = [await pool.register_connection("ada", f"tab-{n}") for n in range(2)]
        stranger = await pool.register_connection("bob", "tab-9")
        assert pool.create_emitter(ada).emit_event("done") == 2
        assert all(tab.received_events == [{"event": "done", "data": {}}] for tab in tabs)
        assert stranger.received_events == []

    def test_unregistered_connections_record(self) -> None:
        pool = WebSocketConnectionPool()
        context = UserExecutionContext.create_for_user("ada", websocket_connection_id="ws-9")
        pool.create_emitter(context).emit_event("done", {"n": 1})
        (connection,) = pool.connections_of("ada")
        assert isinstance(connection, RecordingConnection)
        assert connection.connection_id == "ws-9"
        assert connection.received_events == [{"event": "done", "data": {"n": 1}}]

    async def test_recorders_end_with_their_request(self, ada: UserExecutionContext) -> None:
        pool = WebSocketConnectionPool()
        emitter = pool.create_emitter(ada)
        assert pool.connection_count("ada") == 1
        await cleanup_user_context(ada)
        assert pool.connection_count() == 0
        with pytest.raises(ContextClosedError):
            emitter.emit_event("late")
        with pytest.raises(ContextClosedError):
            pool.create_emitter(ada)

    async def test_no_emitter_after_the_end(self, ada: UserExecutionContext) -> None:
        pool = WebSocketConnectionPool()
        await pool.register_connection("ada", "ws-1")
        await cleanup_user_context(ada)
        with pytest.raises(ContextClosedError):
            pool.create_emitter(ada)

    async def test_a_context_takes_no_id_from_anybody(self) -> None:
        """Mallory names the connection that Ada is about to open, and only Mallory is worse off."""
        pool = WebSocketConnectionPool()
        context = UserExecutionContext.create_for_user("mallory", websocket_connection_id="ws-1")
        mallory = pool.create_emitter(context)
        ada = await pool.register_connection("ada", "ws-1")
        mallory.emit_event("phish")
        await pool.send_to_user("ada", {"event": "hers"})
        assert ada.received_events == [{"event": "hers"}]
        await cleanup_user_context(context)
        assert pool.connections_of("ada") == (ada,)
        assert pool.connections_of("mallory") == ()

    async def test_two_requests_of_one_absent_client(self) -> None:
        pool = WebSocketConnectionPool()
        contexts = [
            UserExecutionContext.create_for_user("ada", websocket_connection_id="ws-1") for _ in range(2)
        ]
        first, second = (pool.create_emitter(context) for context in contexts)
        await cleanup_user_context(contexts[0])
        assert second.emit_event("still here") == 1
        with pytest.raises(ContextClosedError):
            first.emit_event("late")
        await cleanup_user_context(contexts[1])
        assert (pool.connection_count(), pool.stats().sent) == (0, 1)

    async def test_an_emitter_cannot_be_turned_to_another_user(self, ada: UserExecutionContext) -> None:
        pool = WebSocketConnectionPool()
        bob = await pool.register_connection("bob", "ws-9")
        emitter = pool.create_emitter(ada)
        data = {"user_id": "bob", "target": "ws-9", "connection_id": "ws-9"}
        emitter.emit_event("bob", data)
        with pytest.raises(TypeError):
            emitter.emit_event("x", {}, user_id="bob")  # type: ignore[call-arg]
        assert bob.received_events == []

    async def test_data_is_copied(self, ada: UserExecutionContext) -> None:
        pool = WebSocketConnectionPool()
        client = await pool.register_connection("ada", "ws-1")
        data = {"n": 1}
        pool.create_emitter(ada).emit_event("done", data)
        data["n"] = 2
        client.received_events[0]["data"]["n"] = 3
        assert data == {"n": 2}


@pytest.mark.parametrize("nobody", ["", "default", "{user_id}", None])
async def test_an_event_for_an_id_that_is_no_user_is_refused_and_not_lost(nobody: Any) -> None:
    with pytest.raises(InvalidIdError, match="user_id"):
        await WebSocketConnectionPool().send_to_user(nobody, {"event": "done"})

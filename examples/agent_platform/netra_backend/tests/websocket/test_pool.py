"""The new pool, as the platform configures it."""

import pytest

from cellwall import UserExecutionContext
from cellwall.runtime.errors import ConnectionRefusedForOwnerError
from netra_backend.websocket.pool import platform_pool


async def test_nobody_takes_over_a_connection():
    pool = platform_pool()
    await pool.register_connection("ada", "ws-1")
    with pytest.raises(ConnectionRefusedForOwnerError):
        await pool.register_connection("mallory", "ws-1")
    with pytest.raises(ConnectionRefusedForOwnerError):
        pool.create_emitter(UserExecutionContext.create_for_user("mallory", websocket_connection_id="ws-1"))


async def test_strangers_cannot_disconnect():
    pool = platform_pool()
    await pool.register_connection("ada", "ws-1")
    assert await pool.disconnect("mallory", "ws-1") is False
    assert pool.connection_count("ada") == 1


async def test_only_the_newest_events_wait():
    pool = platform_pool()
    client = await pool.register_connection("ada", "ws-1")
    for number in range(600):
        await pool.send_to_user("ada", {"event": "n", "data": number})
    assert len(client.received_events) == 500
    assert client.received_events[0]["data"] == 100

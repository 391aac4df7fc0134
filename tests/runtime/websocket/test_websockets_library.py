"""Connections of the `websockets` library as transports, with a real server and real clients."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from cellwall import WebSocketConnectionPool
from cellwall.runtime.websocket import WebSocketsTransport


@pytest.fixture
async def served() -> AsyncIterator[tuple[WebSocketConnectionPool, str]]:
    pool = WebSocketConnectionPool(queue_size=3)

    async def handle(connection: ServerConnection) -> None:
        assert connection.request is not None
        user_id = connection.request.path.strip("/")
        await pool.register_connection(user_id, f"ws-{user_id}", WebSocketsTransport(connection))
        await connection.wait_closed()
        await pool.disconnect(user_id, f"ws-{user_id}")

    async with serve(handle, "127.0.0.1", 0, compression=None, close_timeout=1) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield pool, f"ws://127.0.0.1:{port}"


async def test_events_go_out_without_a_task(served: tuple[Any, str], until: Any) -> None:
    pool, url = served
    async with connect(f"{url}/ada") as ada, connect(f"{url}/bob") as bob:
        await until(lambda: pool.connection_count() == 2)
        for number in range(10):
            await pool.send_to_user("ada", {"to": "ada", "n": number})
            assert not any(task.get_name() == "cellwall-writer" for task in asyncio.all_tasks())
        await pool.send_to_user("bob", {"to": "bob"})
        received = [json.loads(await ada.recv()) for _ in range(10)]
        assert received == [{"to": "ada", "n": number} for number in range(10)]
        assert json.loads(await bob.recv()) == {"to": "bob"}
    await until(lambda: pool.connection_count() == 0)


async def test_a_client_that_does_not_read_loses_the_oldest(served: tuple[Any, str], until: Any) -> None:
    pool, url = served
    async with connect(f"{url}/ada", max_queue=1) as ada:
        await until(lambda: pool.connection_count() == 1)
        (connection,) = pool.connections_of("ada")
        total = 0
        while connection.dropped < 20:
            await pool.send_to_user("ada", {"n": total, "text": "x" * 100_000})
            total += 1
        seen = []
        while not seen or seen[-1] != total - 1:
            seen.append(json.loads(await ada.recv())["n"])
        assert seen == sorted(set(seen))
        assert len(seen) == total - connection.dropped


async def test_the_pool_closes_the_clients_connection(served: tuple[Any, str], until: Any) -> None:
    pool, url = served
    async with connect(f"{url}/ada") as ada:
        await until(lambda: pool.connection_count() == 1)
        await pool.disconnect("ada", "ws-ada")
        with pytest.raises(ConnectionClosed):
            await ada.recv()


async def test_a_client_that_vanishes_is_dropped(served: tuple[Any, str], until: Any) -> None:
    pool, url = served
    ada = await connect(f"{url}/ada")
    await until(lambda: pool.connection_count() == 1)
    ada.transport.abort()
    while pool.connection_count():
        await pool.send_to_user("ada", {"n": 1})
        await asyncio.sleep(0)
    await until(lambda: not any(task.get_name().startswith("cellwall") for task in asyncio.all_tasks()))


async def test_an_event_waits_for_the_end_of_a_fragmented_message(
    served: tuple[Any, str], until: Any
) -> None:
    pool, url = served
    gate = asyncio.Event()
    async with connect(f"{url}/ada") as ada:
        await until(lambda: pool.connection_count() == 1)
        (connection,) = pool.connections_of("ada")

        async def parts() -> AsyncIterator[str]:
            yield "one "
            await gate.wait()
            yield "message"

        sending = asyncio.create_task(connection._line.send.__self__._connection.send(parts()))
        await asyncio.sleep(0.01)
        assert await pool.send_to_user("ada", {"n": 1}) == 1
        assert connection.busy
        gate.set()
        await sending
        assert await ada.recv() == "one message"
        assert json.loads(await ada.recv()) == {"n": 1}

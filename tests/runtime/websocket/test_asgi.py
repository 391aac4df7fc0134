"""The raw `send` as a transport, under a real uvicorn with each of its WebSocket protocols."""

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from cellwall import WebSocketConnectionPool
from cellwall.runtime.websocket import AsgiTransport

PROTOCOLS = ("websockets-sansio", "wsproto")


def application(pool: WebSocketConnectionPool, prompt: list[bool]) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        user_id = scope["path"].strip("/")
        await receive()
        await send({"type": "websocket.accept"})
        transport = AsgiTransport(send)
        prompt.append(transport._prompt)
        await pool.register_connection(user_id, f"ws-{user_id}", transport)
        while (await receive())["type"] != "websocket.disconnect":
            pass
        await pool.disconnect(user_id, f"ws-{user_id}")

    return app


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_events_go_out_without_a_task(served: Any, protocol: str, until: Any) -> None:
    pool, prompt = WebSocketConnectionPool(), list[bool]()
    async with served(application(pool, prompt), protocol) as url:
        async with connect(f"ws://{url}/ada") as ada, connect(f"ws://{url}/bob") as bob:
            await until(lambda: pool.connection_count() == 2)
            assert prompt == [True, True]
            for number in range(10):
                await pool.send_to_user("ada", {"to": "ada", "n": number})
                assert not any(task.get_name() == "cellwall-writer" for task in asyncio.all_tasks())
            await pool.send_to_user("bob", {"to": "bob"})
            received = [json.loads(await ada.recv()) for _ in range(10)]
            assert received == [{"to": "ada", "n": number} for number in range(10)]
            assert json.loads(await bob.recv()) == {"to": "bob"}
        await until(lambda: pool.connection_count() == 0)


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_a_client_that_does_not_read_loses_the_oldest(served: Any, protocol: str, until: Any) -> None:
    pool = WebSocketConnectionPool(queue_size=3)
    async with served(application(pool, []), protocol) as url:
        async with connect(f"ws://{url}/ada", max_queue=1) as ada, connect(f"ws://{url}/bob") as bob:
            await until(lambda: pool.connection_count() == 2)
            (connection,) = pool.connections_of("ada")
            total = 0
            while connection.dropped < 20:
                await pool.send_to_user("ada", {"n": total, "text": "x" * 100_000})
                total += 1
            await pool.send_to_user("bob", {"n": 0})
            assert json.loads(await bob.recv()) == {"n": 0}
            seen = []
            while not seen or seen[-1] != total - 1:
                seen.append(json.loads(await ada.recv())["n"])
            assert seen == sorted(set(seen))
            assert len(seen) == total - connection.dropped
            await until(lambda: not connection.busy)
            await pool.send_to_user("ada", {"n": "more"})
            assert json.loads(await ada.recv()) == {"n": "more"}


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_the_pool_closes_the_clients_connection(served: Any, protocol: str, until: Any) -> None:
    pool = WebSocketConnectionPool()
    async with served(application(pool, []), protocol) as url, connect(f"ws://{url}/ada") as ada:
        await until(lambda: pool.connection_count() == 1)
        (connection,) = pool.connections_of("ada")
        await pool.disconnect("ada", "ws-ada")
        with pytest.raises(ConnectionClosed):
            await ada.recv()
        assert connection.offer("{}") is False


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_a_client_that_vanishes_is_dropped(served: Any, protocol: str, until: Any) -> None:
    pool = WebSocketConnectionPool()
    async with served(application(pool, []), protocol) as url:
        ada = await connect(f"ws://{url}/ada")
        await until(lambda: pool.connection_count() == 1)
        ada.transport.abort()
        while pool.connection_count():
            await pool.send_to_user("ada", {"n": 1})
            await asyncio.sleep(0)
        await until(lambda: not any(task.get_name().startswith("cellwall") for task in asyncio.all_tasks()))


async def test_another_servers_send_is_never_stepped(settle: Any) -> None:
    """What is unknown may ask for its task: it gets one of its own, not the caller's."""
    tasks: list[Any] = []

    async def send(message: Any) -> None:
        tasks.append(asyncio.current_task())

    pool = WebSocketConnectionPool()
    await pool.register_connection("ada", "ws-1", AsgiTransport(send))
    await pool.send_to_user("ada", {"n": 1})
    await settle()
    assert len(tasks) == 1 and tasks[0] is not asyncio.current_task()


async def test_closing_twice_closes_once() -> None:
    said: list[str] = []

    async def send(message: Any) -> None:
        said.append(message["type"])
        raise RuntimeError("Unexpected ASGI message, after sending 'websocket.close'")

    transport = AsgiTransport(send)
    await asyncio.gather(transport.close(), transport.close())
    assert said == ["websocket.close"]

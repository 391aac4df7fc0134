"""Which road an event takes depends on what the transport can do."""

from typing import Any

import pytest

from cellwall import WebSocketConnectionPool


class Prompt:
    """Has room for so many events; then it must be waited for."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.begun: list[str] = []
        self.waited: list[str] = []

    def begin_text(self, text: str) -> bool:
        if self.room <= len(self.begun):
            return False
        self.begun.append(text)
        return True

    async def send_text(self, text: str) -> None:
        self.waited.append(text)

    async def close(self) -> None:
        pass


async def test_no_wait_where_there_is_room() -> None:
    pool, client = WebSocketConnectionPool(), Prompt(room=2)
    connection = await pool.register_connection("ada", "ws-1", client)
    emitted = [connection.offer(f'{{"n":{number}}}') for number in range(2)]
    assert emitted == [True, True] and not connection.busy
    assert client.begun == ['{"n":0}', '{"n":1}']
    assert connection.sent == 2


async def test_the_rest_waits_in_order(settle: Any) -> None:
    pool, client = WebSocketConnectionPool(), Prompt(room=2)
    connection = await pool.register_connection("ada", "ws-1", client)
    for number in range(5):
        await pool.send_to_user("ada", {"n": number})
    await settle()
    assert client.begun + client.waited == [f'{{"n":{number}}}' for number in range(5)]
    assert connection.sent == 5


async def test_one_that_breaks_at_once(settle: Any) -> None:
    class Broken(Prompt):
        def begin_text(self, text: str) -> bool:
            raise ConnectionResetError

    pool = WebSocketConnectionPool()
    connection = await pool.register_connection("ada", "ws-1", Broken(0))
    assert await pool.send_to_user("ada", {"n": 1}) == 0
    await settle()
    assert isinstance(connection.failure, ConnectionResetError)
    assert pool.connection_count() == 0


@pytest.mark.parametrize("missing", ["close", "send"])
async def test_what_is_no_transport_is_refused_at_once(missing: str) -> None:
    half = type("Half", (), dict.fromkeys({"send", "close"} - {missing}, print))()
    pool = WebSocketConnectionPool()
    with pytest.raises(TypeError, match="transport"):
        await pool.register_connection("ada", "ws-1", half)
    assert pool.connection_count() == 0

import pytest
from redis.asyncio import BlockingConnectionPool, Redis
from resp_server import resp_server


@pytest.fixture
async def sessions():
    async with resp_server() as port:
        pool = BlockingConnectionPool(host="127.0.0.1", port=port, max_connections=2)
        yield Redis(connection_pool=pool)
        await pool.disconnect()


async def test_session(sessions, user_context):
    key = f"session:{user_context.user_id}"
    await sessions.set(key, user_context.user_id)
    assert (await sessions.get(key)).decode() == user_context.user_id

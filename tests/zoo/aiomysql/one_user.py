import aiomysql
import pytest
from mysql_server import MysqlServer


@pytest.fixture
async def pool():
    async with MysqlServer() as port:
        pool = await aiomysql.create_pool(
            host="127.0.0.1", port=port, user="u", password="p", db="d", minsize=1, maxsize=2, autocommit=True
        )
        yield pool
        pool.terminate()


async def test_session(pool, user_context):
    async with pool.acquire() as connection:
        async with connection.cursor() as cursor:
            await cursor.execute("SELECT '%s'" % user_context.user_id)
            assert (await cursor.fetchone())[0] == user_context.user_id

"""Keeps who a session belongs to in Redis, by one pipeline a request."""

from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import RedisError
from resp_server import resp_server


async def sessions():
    """Give a client of a server in this process."""
    async with resp_server() as port:
        pool = BlockingConnectionPool(host="127.0.0.1", port=port, max_connections=2, socket_timeout=5)
        yield Redis(connection_pool=pool)
        await pool.disconnect()


async def remember(sessions, user):
    """Keep who the session belongs to; a service that cannot answers with an error, like any service."""
    async with sessions.pipeline(transaction=False) as pipeline:
        pipeline.set(f"session:{user}", user)
        pipeline.get(f"session:{user}")
        try:
            replies = await pipeline.execute()
            return replies[-1].decode() if replies else "503"
        except (RedisError, RuntimeError):
            return "503"

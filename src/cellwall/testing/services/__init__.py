"""Real servers for tests, ended with their owner: `with running_redis() as server: server.url()`."""

from cellwall.testing.services.kept import KeptServer, ServerUnavailableError
from cellwall.testing.services.postgres_server import RunningPostgres, running_postgres
from cellwall.testing.services.redis_server import RunningRedis, running_redis

__all__ = [
    "KeptServer",
    "RunningPostgres",
    "RunningRedis",
    "ServerUnavailableError",
    "running_postgres",
    "running_redis",
]

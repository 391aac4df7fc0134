"""Real servers for tests, benchmarks and scripts: `with running_postgres() as server: server.url()`."""

from tests.servers.kept import KeptServer, ServerUnavailableError
from tests.servers.postgres_server import RunningPostgres, running_postgres
from tests.servers.redis_server import RunningRedis, running_redis

__all__ = [
    "KeptServer",
    "RunningPostgres",
    "RunningRedis",
    "ServerUnavailableError",
    "running_postgres",
    "running_redis",
]

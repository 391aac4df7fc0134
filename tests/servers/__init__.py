"""Real servers for tests, benchmarks and scripts: `with running_postgres() as server: server.url()`."""

from cellwall.testing.services import (
    KeptServer,
    RunningPostgres,
    RunningRedis,
    ServerUnavailableError,
    running_postgres,
    running_redis,
)

__all__ = [
    "KeptServer",
    "RunningPostgres",
    "RunningRedis",
    "ServerUnavailableError",
    "running_postgres",
    "running_redis",
]

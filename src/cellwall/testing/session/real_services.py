"""Starts the servers that the target's tests need, or takes given ones, and reads their versions."""

import asyncio
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Final

from cellwall.project.services import Service
from cellwall.testing.services import ServerUnavailableError, running_postgres, running_redis

GIVEN: Final = {"postgres": "CELLWALL_POSTGRES_URL", "redis": "CELLWALL_REDIS_URL"}
NAMES: Final = {"postgres": "PostgreSQL", "redis": "Redis"}


@contextmanager
def real_services(services: tuple[Service, ...]) -> Iterator[tuple[dict[str, str], list[str]]]:
    """Give the environment variables that name the servers, and a line about each; end what was started.

    Servers that are started here end with this process, however that ends.

    Raises:
        ServerUnavailableError: one cannot be had, or does not answer.
    """
    with ExitStack() as stack:
        variables: dict[str, str] = {}
        lines = []
        for service in services:
            given = service.url or os.environ.get(GIVEN[service.kind], "")
            url = given or _started(stack, service)
            version = server_version(service.kind, url)
            where = "given" if given else "started for this session"
            lines.append(f"{NAMES[service.kind]} {version} ({where}), in {', '.join(service.variables)}")
            variables |= dict.fromkeys(service.variables, url)
        yield variables, lines


def _started(stack: ExitStack, service: Service) -> str:
    if service.kind == "postgres":
        return stack.enter_context(running_postgres()).url(driver=service.driver)
    return stack.enter_context(running_redis()).url()


def server_version(kind: str, url: str) -> str:
    """Ask the server itself for its version.

    Raises:
        ServerUnavailableError: it does not answer, or the client library is not installed.
    """
    try:
        return asyncio.run(_postgres_version(url) if kind == "postgres" else _redis_version(url))
    except ImportError as error:
        raise ServerUnavailableError(f"{NAMES[kind]}: {error}; install cellwall[{kind}]") from error
    except Exception as error:  # whatever the client raises, the server did not answer as one
        raise ServerUnavailableError(f"{NAMES[kind]} does not answer: {error}") from error


async def _postgres_version(url: str) -> str:
    import asyncpg  # type: ignore[import-untyped]  # noqa: PLC0415  # an extra

    scheme, mark, rest = url.partition("://")
    connection = await asyncpg.connect(f"{scheme.partition('+')[0]}{mark}{rest}", timeout=10)
    try:
        return str(await connection.fetchval("show server_version"))
    finally:
        await connection.close()


async def _redis_version(url: str) -> str:
    from redis.asyncio import Redis  # noqa: PLC0415  # an extra

    client = Redis.from_url(url, socket_connect_timeout=10, socket_timeout=10)
    try:
        facts: Mapping[str, object] = await client.info("server")
        return str(facts["redis_version"])
    finally:
        await client.aclose()

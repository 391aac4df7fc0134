"""`cellwall db rls-sql`: what it prints and applies, its exit codes, and that it shows no secret."""

import asyncio
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from cellwall.cli.db import command

MODELS = """
from sqlalchemy import Column, Integer, MetaData, Table, Text
from cellwall.runtime.database.ownership import Ownership

metadata = MetaData()
Table("cli_notes", metadata, Column("id", Integer, primary_key=True), Column("user_id", Text))
Table("cli_codes", metadata, Column("code", Text, primary_key=True))
ownership = Ownership(metadata, shared={"cli_codes"})
blind = MetaData()
Table("flags", blind, Column("user_id", __import__("sqlalchemy").Boolean))

class Base:
    metadata = metadata
"""

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Run the command where a module `models_of_test` lies."""
    (tmp_path / "models_of_test.py").write_text(MODELS)
    (tmp_path / "broken_of_test.py").write_text("raise RuntimeError('no such luck')\n")
    before = list(sys.path)

    def invoke(*arguments: str, **environment: str) -> Result:
        call = ["rls-sql", "--app-dir", str(tmp_path), *arguments]
        return CliRunner().invoke(command, call, env={"CELLWALL_DATABASE_URL": None, **environment})

    yield invoke
    sys.path[:] = before
    for name in ("models_of_test", "broken_of_test"):
        sys.modules.pop(name, None)


def execute(url: str, *statements: str) -> list[Any]:
    """Run SQL as the superuser and give the last statement's rows."""

    async def go() -> list[Any]:
        engine = create_async_engine(url)
        rows: list[Any] = []
        async with engine.begin() as connection:
            for statement in statements:
                result = await connection.exec_driver_sql(statement)
                rows = [tuple(row) for row in result] if result.returns_rows else []
        await engine.dispose()
        return rows

    return asyncio.run(go())


@pytest.fixture
def tables(postgres_url: str) -> Iterator[str]:
    """The tables of the module on a real server; gives the superuser's URL."""
    execute(
        postgres_url,
        "CREATE TABLE cli_notes (id serial PRIMARY KEY, user_id text)",
        "CREATE TABLE cli_codes (code text PRIMARY KEY)",
    )
    yield postgres_url
    execute(postgres_url, "DROP TABLE cli_notes, cli_codes", "DROP SCHEMA IF EXISTS cellwall CASCADE")


def test_it_prints_a_script(run: Run) -> None:
    done = run("models_of_test:ownership", "--role", "app")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("BEGIN;\n")
    assert "ALTER TABLE cli_notes FORCE ROW LEVEL SECURITY;" in done.stdout
    assert "ALTER TABLE cli_codes FORCE" not in done.stdout
    assert "GRANT SELECT, INSERT, UPDATE, DELETE ON cli_notes TO app;" in done.stdout


@pytest.mark.parametrize("target", ["models_of_test:metadata", "models_of_test:Base.metadata"])
def test_a_metadata_will_do(run: Run, target: str) -> None:
    done = run(target, "--shared", "cli_codes")
    assert done.stdout == run("models_of_test:ownership").stdout


def test_json(run: Run) -> None:
    done = run("models_of_test:ownership", "--json", "--signed")
    data = json.loads(done.stdout)
    assert data["owned"] == {"cli_notes": "user_id"}
    assert data["shared"] == ["cli_codes"]
    assert data["applied"] is False
    assert any("SECURITY DEFINER" in statement for statement in data["statements"])


def test_the_printed_script_can_be_run_by_hand(run: Run, tables: str) -> None:
    script = run("models_of_test:ownership").stdout
    statements = re.split(r";\n", script.removeprefix("BEGIN;\n").removesuffix("COMMIT;\n"))
    execute(tables, *[statement for statement in statements if statement.strip()])
    assert execute(tables, "SELECT count(*) FROM pg_policy") == [(2,)]


def test_it_applies(run: Run, tables: str) -> None:
    for _ in range(2):
        done = run("models_of_test:ownership", "--apply", CELLWALL_DATABASE_URL=tables)
        assert done.exit_code == 0, done.output
        assert done.stdout == "applied row-level security to 1 table: cli_notes\n"
    assert execute(tables, "SELECT count(*) FROM pg_policy") == [(2,)]


def test_it_installs_a_key_and_shows_it_nowhere(run: Run, tables: str) -> None:
    secret = bytes(range(100, 132)).hex()
    arguments = ["models_of_test:ownership", "--apply", "--json", "--key", "k1=A_KEY", "--url", "ITS_URL"]
    done = run(
        *arguments, A_KEY=secret, ITS_URL=make_url(tables).set(drivername="postgresql").render_as_string()
    )
    assert done.exit_code == 0, done.output
    assert secret not in done.output
    assert execute(tables, "SELECT id, length(inner_pad) FROM cellwall.signing_key") == [("k1", 64)]


REFUSED = {
    "no module": (["models_of_test"], "name a module"),
    "unknown module": (["nowhere_of_test:x"], "No module named"),
    "broken module": (["broken_of_test:x"], "no such luck"),
    "unknown name": (["models_of_test:other"], "other"),
    "something else": (["models_of_test:MetaData"], "name an Ownership"),
    "a table without an owner": (["models_of_test:metadata"], "cli_codes"),
    "unknown shared table": (["models_of_test:metadata", "--shared", "x"], "no such table"),
    "said twice": (["models_of_test:ownership", "--column", "x"], "leave --column"),
    "a column of no owner": (["models_of_test:blind"], "BOOLEAN"),
    "no url": (["models_of_test:ownership", "--apply"], "$CELLWALL_DATABASE_URL is not set"),
    "a key to print": (["models_of_test:ownership", "--key", "a=B"], "needs --apply"),
    "no key": (["models_of_test:ownership", "--apply", "--signed"], "needs --key"),
    "key without a variable": (["models_of_test:ownership", "--apply", "--key", "a"], "ID=VARIABLE"),
    "key that is none": (["models_of_test:ownership", "--apply", "--key", "a=BAD_KEY"], "hexadecimal"),
    "short key": (["models_of_test:ownership", "--apply", "--key", "a=SHORT_KEY"], "at least 32"),
    "odd key id": (["models_of_test:ownership", "--apply", "--key", "a b=GOOD_KEY"], "key id"),
    "unreadable url": (["models_of_test:ownership", "--apply", "--url", "BAD_URL"], "cannot be read"),
    "another database": (["models_of_test:ownership", "--apply", "--url", "OTHER_URL"], "sqlite"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_start_says_why(run: Run, what: str) -> None:
    arguments, says = REFUSED[what]
    secrets = {
        "BAD_KEY": "secret-word",
        "SHORT_KEY": "aa",
        "GOOD_KEY": "ab" * 32,
        "BAD_URL": "secret:word@@//",
    }
    done = run(*arguments, **secrets, OTHER_URL="sqlite:///secret-word")
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    assert says in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_is_not_there_is_told_without_the_password(run: Run, tmp_path: Path) -> None:
    url = f"postgresql://me:secret-word@/db?host={tmp_path}"
    done = run("models_of_test:ownership", "--apply", CELLWALL_DATABASE_URL=url)
    assert done.exit_code == 1, done.output
    assert "nothing was changed" in done.stderr
    assert "secret-word" not in done.output


def test_a_database_that_refuses_is_left_as_it_was(run: Run, postgres_url: str) -> None:
    done = run("models_of_test:ownership", "--apply", CELLWALL_DATABASE_URL=postgres_url)
    assert done.exit_code == 1, done.output
    assert "cli_codes" in done.stderr or "cli_notes" in done.stderr
    assert execute(postgres_url, "SELECT 1 FROM pg_namespace WHERE nspname = 'cellwall'") == []

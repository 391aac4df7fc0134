"""Runs the attacks of tests/attacks against other libraries, and prints who let how many through.

Each library gets a throw-away environment in a temporary folder; PostgreSQL is started for the run.
Usage: python scripts/rival_attacks.py [--only NAME] [--find-links FOLDER] [--json FILE]
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the servers stand among the tests

from tests.servers import running_postgres  # noqa: E402

RIVALS = {
    "tenantshield 0.7.0b2": ("rivals.tenantshield_orm", "tenantshield[sqlalchemy]==0.7.0b2"),
    "purview-authz 0.3.1": ("rivals.purview_orm", "purview-authz[sqlite]==0.3.1"),
    "litestar-tenants 0.1.0, orm": ("rivals.litestar_tenants_orm", "litestar-tenants==0.1.0"),
    "litestar-tenants 0.1.0, rls": ("rivals.litestar_tenants_rls", "litestar-tenants==0.1.0"),
    "sqlalchemy-tenants 0.2.0": ("rivals.sqlalchemy_tenants_rls", "sqlalchemy-tenants==0.2.0"),
    "fastapi-tenancy 0.5.0, rls": ("rivals.fastapi_tenancy_rls", "fastapi-tenancy==0.5.0"),
}
OURS = {
    "Cellwall, embedded": ("rivals.cellwall_embedded", None),
    "Cellwall, guard on SQLite": ("rivals.cellwall_guarded", None),
    "Cellwall, guard on PostgreSQL": ("rivals.cellwall_guarded_postgres", None),
    "Cellwall, row-level security": ("rivals.cellwall_row_level", None),
    "Cellwall, signed owner": ("rivals.cellwall_signed", None),
}
DRIVERS = ["aiosqlite", "asyncpg", "greenlet"]


def main() -> int:
    """Run all duels and print the table; 0 also when a library could not be installed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="only libraries whose name has this in it")
    parser.add_argument("--find-links", help="a folder of wheels to install from first")
    parser.add_argument("--json", type=Path, help="write every verdict here")
    options = parser.parse_args()
    results: dict[str, Any] = {}
    with running_postgres() as server, tempfile.TemporaryDirectory(prefix="cellwall-rivals-") as folder:
        for name, (adapter, wanted) in {**RIVALS, **OURS}.items():
            if options.only in name:
                python = sys.executable
                if wanted is not None:
                    python, failure = install(wanted, Path(folder) / name, options.find_links)
                    if failure:
                        results[name] = {"skipped": failure}
                        print(line(name, results[name]), flush=True)
                        continue
                results[name] = meet(python, adapter, Path(folder), server.url())
                print(line(name, results[name]), flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1, sort_keys=True), encoding="utf-8")
    return 0


def install(wanted: str, folder: Path, wheels: str | None) -> tuple[str, str]:
    """Make an environment for one library; give its interpreter, and why it could not be made."""
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    links = ["--find-links", wheels] if wheels else []
    quietly = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command = [python, *quietly, *links, wanted, *DRIVERS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return python, last_line(done.stderr) if done.returncode else ""


def meet(python: str, adapter: str, folder: Path, url: str) -> dict[str, Any]:
    """Give the verdicts of one duel, or under `skipped` why there was none."""
    rows = folder / adapter
    rows.mkdir()
    database = adapter.replace(".", "_")
    asyncio.run(fresh_database(url, database))
    address = url.replace("/postgres?", f"/{database}?")
    command = [python, str(ROOT / "scripts" / "rivals" / "duel.py"), adapter, str(rows), address]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=rows)
    if done.returncode:
        return {"skipped": last_line(done.stderr)}
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def last_line(errors: str) -> str:
    """Give the line that says what went wrong."""
    return (errors.strip().splitlines() or ["it failed without a word"])[-1]


async def fresh_database(url: str, name: str) -> None:
    """Make a database for one duel."""
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    await engine.dispose()


def line(name: str, result: dict[str, Any]) -> str:
    """Give one row of the table, in Markdown."""
    if "skipped" in result:
        return f"| {name} | skipped: {result['skipped']} | | | |"
    words = [word for word, _ in result["attacks"].values()]
    works = sum(end == "works" for end in result["uses"].values())
    leaked, refused, errored = (words.count(word) for word in ("leaked", "refused", "errored"))
    return f"| {name} | {leaked} of {len(words)} | {refused} | {errored} | {works} of {len(result['uses'])} |"


if __name__ == "__main__":
    sys.exit(main())

"""Runs the attacks of tests/attacks against other libraries, and prints who let how many through.

Each library gets a throw-away environment in a temporary folder; PostgreSQL is started for the run.
Usage: python scripts/rival_attacks.py [--only NAME] [--find-links FOLDER] [--json FILE]
"""

import argparse
import importlib
import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RIVALS = {
    "tenantshield 0.7.0b2": "rivals.tenantshield_orm",
    "purview-authz 0.3.1": "rivals.purview_orm",
    "litestar-tenants 0.1.0, orm": "rivals.litestar_tenants_orm",
    "litestar-tenants 0.1.0, rls": "rivals.litestar_tenants_rls",
    "sqlalchemy-tenants 0.2.0": "rivals.sqlalchemy_tenants_rls",
    "fastapi-tenancy 0.5.0, rls": "rivals.fastapi_tenancy_rls",
}
OURS = {
    "Cellwall, embedded": "rivals.cellwall_embedded",
    "Cellwall, guard on SQLite": "rivals.cellwall_guarded",
    "Cellwall, guard on PostgreSQL": "rivals.cellwall_guarded_postgres",
    "Cellwall, row-level security": "rivals.cellwall_row_level",
    "Cellwall, signed owner": "rivals.cellwall_signed",
}
DRIVERS = ["aiosqlite", "asyncpg", "greenlet"]


def main() -> int:
    """Run all duels and print the table; 0 also when a library could not be installed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="only libraries whose name has this in it")
    parser.add_argument("--find-links", help="a folder of wheels to install from first")
    parser.add_argument("--json", type=Path, help="write every verdict here")
    options = parser.parse_args()
    sys.path[:0] = [str(ROOT), str(ROOT / "scripts"), str(ROOT / "tests" / "attacks")]
    from tests.servers import running_postgres

    results: dict[str, Any] = {}
    with running_postgres() as server, tempfile.TemporaryDirectory(prefix="cellwall-rivals-") as folder:
        for name, adapter in {**RIVALS, **OURS}.items():
            if options.only in name:
                results[name] = meet(name, adapter, Path(folder), server.url(), options.find_links)
                print(line(name, results[name]), flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1, sort_keys=True), encoding="utf-8")
    return 0


def meet(name: str, adapter: str, folder: Path, url: str, wheels: str | None) -> dict[str, Any]:
    """Give the verdicts of one duel, or under `skipped` why there was none."""
    own = folder / adapter
    own.mkdir()
    python = sys.executable
    if name in RIVALS:
        venv.create(own / "venv", with_pip=True)
        python = str(own / "venv" / "bin" / "python")
        links = ["--find-links", wheels] if wheels else []
        wanted = importlib.import_module(adapter).REQUIRES
        installed = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", *links, *wanted, *DRIVERS]
        done = subprocess.run([python, *installed], capture_output=True, text=True, check=False)
        if done.returncode:
            return {"skipped": (done.stderr.strip().splitlines() or ["pip failed"])[-1]}
    database = adapter.replace(".", "_")
    fresh_database(url, database)
    command = [python, str(ROOT / "scripts" / "rivals" / "duel.py"), adapter, str(own)]
    address = url.replace("/postgres?", f"/{database}?")
    done = subprocess.run([*command, address], capture_output=True, text=True, check=False, cwd=own)
    if done.returncode:
        return {"skipped": (done.stderr.strip().splitlines() or ["the duel failed"])[-1]}
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def fresh_database(url: str, name: str) -> None:
    """Make a database for one duel."""
    import asyncio

    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import create_async_engine

    async def create() -> None:
        engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text(f"CREATE DATABASE {name}"))
        await engine.dispose()

    asyncio.run(create())


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

"""Let many users work at once on one kind of storage and print what leaked, failed and survived.

    python scripts/stress.py --users 1000 --requests 100 --at-once 1000 --place rls --redis --seed 7

The harness and its service are those of `tests/stress`. PostgreSQL is the wheel's or CELLWALL_POSTGRES_URL;
with `--redis`, which is the wheel's or CELLWALL_REDIS_URL, cache, limits and fan-out go over it, and
analytics to PostgreSQL.
"""

import argparse
import asyncio
import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))  # the harness is not installed

from cellwall import AnalyticsLog
from cellwall.runtime.analytics import SQLiteAnalyticsStore
from tests.servers import running_postgres, running_redis
from tests.stress import places
from tests.stress.run import Report, fresh_seed, stress
from tests.stress.service import Service
from tests.stress.survivors import Watch
from tests.stress.whole import whole_service

ON_FILES = {"embedded": places.embedded, "guard-sqlite": places.guarded_sqlite}
ON_POSTGRES = {"guard": places.guarded_postgres, "rls": places.row_level_security}


def main() -> int:
    """Run once; 1 when anything leaked, failed or survived."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--requests", type=int, default=20)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--cancelled", type=float, default=0.1, help="share of requests to cancel")
    parser.add_argument("--place", choices=[*ON_FILES, *ON_POSTGRES], default="embedded")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--redis", action="store_true", help="let every part be served by a real server")
    options = parser.parse_args()
    if options.redis and options.place not in ON_POSTGRES:
        parser.error(f"--redis goes with --place {' or '.join(ON_POSTGRES)}")
    if options.seed is None:
        options.seed = fresh_seed()
    print(f"repeat: python scripts/stress.py {_spelled(options)}")
    begun = time.monotonic()
    with TemporaryDirectory() as folder, ExitStack() as servers:
        at = ON_FILES.get(options.place)
        where = Path(folder)
        if at is not None:
            report = asyncio.run(_run(at(where), where, options))
        else:
            url = os.environ.get("CELLWALL_POSTGRES_URL") or servers.enter_context(running_postgres()).url()
            redis = None
            if options.redis:
                redis = os.environ.get("CELLWALL_REDIS_URL") or servers.enter_context(running_redis()).url()
            report = asyncio.run(_run(ON_POSTGRES[options.place](url), where, options, url, redis))
    print(report)
    print(f"{options.users * options.requests / (time.monotonic() - begun):.0f} requests a second")
    return int(bool(report.ledger.leaks or report.errors or report.survivors))


async def _run(
    place: places.Opening,
    folder: Path,
    options: argparse.Namespace,
    postgres: str = "",
    redis: str | None = None,
) -> Report:
    async with place as opened:
        watch = Watch()
        if redis is not None:
            async with whole_service(opened, postgres, redis) as service:
                report = await _crowd(service, options, watch)
        else:
            service = Service(opened.manager, AnalyticsLog(SQLiteAnalyticsStore(folder / "events.sqlite3")))
            service.closers.append(opened.close)
            report = await _crowd(service, options, watch)
        if opened.admin is not None:
            total, foreign = await opened.rows()
            print(f"looked at from outside: {total} rows, {foreign} of them with another owner's text")
            report.ledger.leaks.update({"rows from outside": foreign} if foreign else {})
        return report


async def _crowd(service: Service, options: argparse.Namespace, watch: Watch) -> Report:
    return await stress(
        service,
        users=options.users,
        requests=options.requests,
        seed=options.seed,
        at_once=options.at_once,
        cancelled=options.cancelled,
        watch=watch,
    )


def _spelled(options: argparse.Namespace) -> str:
    said = {name: value for name, value in vars(options).items() if name != "redis"}
    spelled = " ".join(f"--{name.replace('_', '-')} {value}" for name, value in said.items())
    return f"{'--redis ' if options.redis else ''}{spelled}"


if __name__ == "__main__":
    sys.exit(main())

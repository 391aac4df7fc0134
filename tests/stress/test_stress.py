"""Many users at once with cancellations: nobody sees anything of another, and nothing survives.

The crowd is small here; the tests marked `big` are the same with 1,000 users of 100 requests.
"""

import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from cellwall import AnalyticsLog
from cellwall.runtime.analytics import AnalyticsStore, SQLiteAnalyticsStore
from tests.stress.places import Place, embedded, guarded_postgres, guarded_sqlite, row_level_security
from tests.stress.run import Report, fresh_seed, stress
from tests.stress.service import Service
from tests.stress.survivors import Watch
from tests.stress.whole import whole_service

SMALL = {"users": 12, "requests": 12}
BIG = {"users": 1000, "requests": 100}
CROWDS = [
    pytest.param(SMALL, id="small"),
    pytest.param(BIG, id="1000x100", marks=[pytest.mark.big, pytest.mark.timeout(3600)]),
]


def chosen_seed() -> int:
    """Give the seed of the environment, else a fresh one."""
    return int(os.environ.get("CELLWALL_STRESS_SEED") or fresh_seed())


def holds(report: Report, request: pytest.FixtureRequest) -> None:
    """Assert that nothing leaked, failed or survived, and that there was something to see."""
    told = f"{report}\nrepeat: CELLWALL_STRESS_SEED={report.seed} python -m pytest '{request.node.nodeid}'"
    assert report.ledger.leaks == {}, told
    assert report.errors == {}, told
    assert report.survivors == {}, told
    assert report.done + report.cancelled == report.users * report.requests, told
    assert report.done > report.cancelled > 0, told
    for place in ("rows", "tools", "analytics", "cache", "frames"):
        assert report.ledger.seen[place] > 0, told


async def walls_hold(
    place: Place, store: AnalyticsStore, crowd: dict[str, int], request: pytest.FixtureRequest
) -> Report:
    """Let the crowd work at this place, and assert that its walls hold."""
    watch = Watch()
    service = Service(place.manager, AnalyticsLog(store))
    service.closers.append(place.close)
    report = await stress(service, **crowd, seed=chosen_seed(), watch=watch)
    holds(report, request)
    return report


async def rows_are_their_owners(place: Place, report: Report) -> None:
    """Assert, from the outside, that every row names its owner and that no committed one is missing."""
    total, foreign = await place.rows()
    assert foreign == 0
    commits = report.ledger.seen["commits"]  # a commit that was cancelled may have been made
    assert commits <= total <= commits + report.cancelled


@pytest.mark.parametrize("crowd", CROWDS)
async def test_a_file_for_each_user(
    crowd: dict[str, int], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    async with embedded(tmp_path) as place:
        await walls_hold(place, SQLiteAnalyticsStore(tmp_path / "events"), crowd, request)


@pytest.mark.parametrize("crowd", CROWDS)
async def test_one_file_behind_the_guard(
    crowd: dict[str, int], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    async with guarded_sqlite(tmp_path) as place:
        report = await walls_hold(place, SQLiteAnalyticsStore(tmp_path / "events"), crowd, request)
        await rows_are_their_owners(place, report)


OnPostgres = Callable[[str], AbstractAsyncContextManager[Place]]


@pytest.mark.parametrize("at", [guarded_postgres, row_level_security], ids=["guard", "rls"])
@pytest.mark.parametrize("crowd", CROWDS)
async def test_postgres_and_redis(
    at: OnPostgres, crowd: dict[str, int], postgres_url: str, redis_url: str, request: pytest.FixtureRequest
) -> None:
    async with at(postgres_url) as place:
        await place.rows()  # the administrator's connection is not the service's
        watch = Watch()
        async with whole_service(place, postgres_url, redis_url) as service:
            report = await stress(service, **crowd, seed=chosen_seed(), watch=watch)
        holds(report, request)
        assert report.ledger.seen["far frames"] > 0, str(report)
        await rows_are_their_owners(place, report)
        assert await place.connections() == 0

"""Many users at once with cancellations: nobody sees anything of another, and nothing survives."""

import os
from pathlib import Path

import pytest

from cellwall import AnalyticsLog, RequestScopedSessionManager
from cellwall.runtime.analytics import SQLiteAnalyticsStore
from tests.stress.run import Report, fresh_seed, stress
from tests.stress.service import Service
from tests.stress.survivors import Watch


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
    for place in ("rows", "tools", "analytics", "frames"):
        assert report.ledger.seen[place] > 0, told


async def test_a_small_crowd_on_embedded_storage(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    watch = Watch()
    service = Service(
        RequestScopedSessionManager(tmp_path / "rows"),
        AnalyticsLog(SQLiteAnalyticsStore(tmp_path / "events.sqlite3")),
    )
    holds(await stress(service, users=12, requests=12, seed=chosen_seed(), watch=watch), request)

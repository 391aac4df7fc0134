"""The harness sees leaks and survivors where there are some; a harness that sees nothing proves nothing."""

from pathlib import Path
from typing import Any

import pytest

from tests.stress.canary import Ledger, canary
from tests.stress.controls import LEAKY, Hoarder, Walled
from tests.stress.run import stress
from tests.stress.survivors import Watch


@pytest.mark.parametrize("place", LEAKY)
async def test_a_missing_wall_is_seen(place: str, tmp_path: Path) -> None:
    report = await stress(LEAKY[place](tmp_path), users=4, requests=10, seed=5, cancelled=0.0)
    expected = {"global user": "frames"}.get(place, place)
    assert report.ledger.leaks[expected] > 0, str(report)
    assert set(report.ledger.leaks) == {expected}, str(report)
    assert report.ledger.examples


async def test_survivors_are_seen(tmp_path: Path) -> None:
    watch = Watch(patience=2.0)
    service = Hoarder(tmp_path)
    report = await stress(service, users=2, requests=2, seed=5, cancelled=0.0, watch=watch)
    assert {"tasks", "destroyed tasks", "files", "contexts"} <= set(report.survivors), str(report)
    service.let_go()
    del service
    assert set(await watch.survivors()) == {"destroyed tasks"}  # they stay noted


async def test_walls_that_stand_leave_nothing_to_see(tmp_path: Path) -> None:
    report = await stress(Walled(tmp_path), users=4, requests=10, seed=5, cancelled=0.5)
    assert (report.ledger.leaks, report.errors, report.survivors) == ({}, {}, {})
    assert report.cancelled > 0


def test_the_ledger_counts_foreign_canaries_alone() -> None:
    ledger = Ledger()
    hidden: list[Any] = [{"deep": [canary("bob", 1)]}]
    ledger.saw("rows", "ada", [canary("ada", 1), *hidden])
    ledger.saw("rows", "ada-2", [canary("ada", 1)])
    assert (ledger.seen["rows"], ledger.leaks["rows"]) == (3, 2)
    assert ledger.examples == ["rows: ada saw bob's", "rows: ada-2 saw ada's"]

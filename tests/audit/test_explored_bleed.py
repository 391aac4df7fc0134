"""Two users at once under the deterministic loop: what overlaps only is found, and correct code is silent."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from cellwall.audit.asgi_transport import AsgiTransport
from cellwall.audit.audit_run import AuditPlan
from cellwall.audit.discovery import discover
from cellwall.audit.explored_bleed import explored_bleed
from tests.audit.apps.given_up import create_given_up
from tests.audit.apps.raced import create_raced


async def plan() -> AuditPlan:
    app = create_raced(leaking=False)
    return AuditPlan((await discover(AsgiTransport(app), root=Path(), app=app)).operations)


@pytest.fixture
def described() -> AuditPlan:
    return asyncio.run(plan())


def test_a_race_is_found(described: AuditPlan) -> None:
    found, words = explored_bleed(lambda: create_raced(leaking=True), described, schedules=6, known=())
    assert [(each.weakness.name, each.target) for each in found] == [("concurrent-bleed", "GET /greeting")]
    assert "schedules" in words


def test_correct_code_is_silent(described: AuditPlan) -> None:
    found, words = explored_bleed(lambda: create_raced(leaking=False), described, schedules=6, known=())
    assert found == []
    assert "error" not in words


def test_what_is_known_to_leak_alone_is_not_told_again(described: AuditPlan) -> None:
    found, _ = explored_bleed(
        lambda: create_raced(leaking=True), described, schedules=6, known={"GET /greeting"}
    )
    assert found == []


@pytest.mark.big
@pytest.mark.parametrize("leaking", [True, False])
def test_what_a_cancelled_request_leaves_behind_is_found(leaking: bool) -> None:
    app = create_given_up(leaking=False)
    operations = asyncio.run(discover(AsgiTransport(app), root=Path(), app=app)).operations
    found, _ = explored_bleed(lambda: create_given_up(leaking), AuditPlan(operations), schedules=60, known=())
    assert [each.target for each in found] == (["GET /answer"] if leaking else [])

"""The same by a URL: channels that are written down, and requests that are given up on their way."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cellwall.audit.audit_run import AuditPlan, Result, run_audit
from cellwall.audit.discovery import discover
from cellwall.audit.loopback import destination
from cellwall.audit.outcome import Status
from cellwall.audit.url_transport import UrlTransport
from tests.audit.apps.channel import create_channel
from tests.audit.apps.given_up import create_given_up
from tests.audit.served import EndedWithTheClient, served


async def audited(app: Any, **options: Any) -> Result:
    async with served(app) as url:
        transport = UrlTransport(destination(url))
        try:
            found = await discover(transport, root=Path.cwd(), **options)
            return await run_audit(AuditPlan(found.operations, channels=found.channels), transport)
        finally:
            await transport.aclose()


@pytest.mark.parametrize(
    ("create", "kind", "target", "channels"),
    [
        (create_channel, "channel-leak", "WEBSOCKET /events", ("/events?token={token}",)),
        (partial(create_given_up, seconds=0.1), "cancelled-bleed", "GET /answer", ()),
    ],
)
async def test_by_a_url_the_leaking_one_is_found_and_the_fixed_one_silent(
    create: Callable[[bool], Any], kind: str, target: str, channels: tuple[str, ...]
) -> None:
    leaking = await audited(EndedWithTheClient(create(True)), channels=channels)
    assert [(each.weakness.name, each.target) for each in leaking.findings] == [(kind, target)]
    fixed = await audited(EndedWithTheClient(create(False)), channels=channels)
    assert fixed.findings == ()
    assert fixed.users_usable
    row = next(row for row in fixed.coverage.rows if row.key == target)
    probe = "channel" if channels else "together"
    assert row.outcomes[probe].status is Status.TESTED

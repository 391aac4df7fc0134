"""Leaks that have no public targets: four small services, each leaking and fixed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.audit.apps.cached import create_cached
from tests.audit.apps.channel import create_channel
from tests.audit.apps.given_up import create_given_up
from tests.audit.apps.raced import create_raced
from tests.audit.conftest import Audit

TWINS = [
    (create_cached, "cached-for-others", "GET /page"),
    (create_channel, "channel-leak", "WEBSOCKET /events"),
    (create_raced, "concurrent-bleed", "GET /greeting"),
    (create_given_up, "cancelled-bleed", "GET /answer"),
]


@pytest.mark.parametrize(("create", "kind", "target"), TWINS)
async def test_the_leaking_one_is_found_and_the_fixed_one_silent(
    audit: Audit, create: Callable[[bool], Any], kind: str, target: str
) -> None:
    found = (await audit(create(True))).findings
    assert [(each.weakness.name, each.target) for each in found] == [(kind, target)]
    fixed = await audit(create(False))
    assert fixed.findings == ()
    assert fixed.users_usable

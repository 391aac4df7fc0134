"""What the tests of the audit share: auditing an application in this process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from cellwall.audit.asgi_transport import AsgiTransport
from cellwall.audit.audit_run import AuditPlan, Result, run_audit
from cellwall.audit.discovery import discover

Audit = Callable[..., Awaitable[Result]]


async def audited(app: Any, *, requests: tuple[str, ...] = (), **options: Any) -> Result:
    """Audit an application; `options` are those of AuditPlan."""
    transport = AsgiTransport(app)
    found = await discover(transport, root=Path.cwd(), app=app, requests=requests)
    plan = AuditPlan(found.operations, channels=found.channels, **options)
    return await run_audit(plan, transport, app=app)


@pytest.fixture
def audit() -> Audit:
    """Give what audits an application."""
    return audited

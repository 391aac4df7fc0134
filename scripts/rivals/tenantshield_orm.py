"""tenantshield: decorated models, and a tenant in a context variable."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from attacks.models import build
from attacks.plain import Ground, sqlite_url
from sqlalchemy.ext.asyncio import AsyncSession
from tenantshield.adapters.sqlalchemy import AsyncSessionScope, tenant_aware
from tenantshield.exceptions import TenantShieldError

DIALECT = "sqlite"


class Scoped(Ground):
    """Sessions inside `AsyncSessionScope`."""

    @asynccontextmanager
    async def session(self, user: str) -> AsyncIterator[AsyncSession]:
        """Open a session in the tenant's scope."""
        async with (
            AsyncSessionScope(tenant=user),
            AsyncSession(self.engine, expire_on_commit=False) as session,
        ):
            yield session


async def arena(folder: Path, url: str) -> Ground:
    """Open the arena."""
    models = build("tenant_id", decorate=tenant_aware)
    ground = Scoped("tenantshield", models, sqlite_url(folder / "rows.sqlite3"))
    ground.refusals = (TenantShieldError,)
    return ground

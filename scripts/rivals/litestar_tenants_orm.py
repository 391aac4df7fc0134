"""litestar-tenants in its mode `orm-scoped`, for any database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from attacks.models import build
from attacks.plain import Ground, sqlite_url
from litestar_tenants import TenantMixin
from litestar_tenants.exceptions import LitestarTenantsError
from litestar_tenants.orm_scoped import register_tenant_scoping, scope_session_to_tenant
from sqlalchemy.ext.asyncio import AsyncSession

DIALECT = "sqlite"


class Scoped(Ground):
    """Sessions as `OrmScopedSessionProvider` yields them."""

    @asynccontextmanager
    async def session(self, user: str) -> AsyncIterator[AsyncSession]:
        """Open a session that is bound to the tenant."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            scope_session_to_tenant(session, user)
            yield session


async def arena(folder: Path, url: str) -> Ground:
    """Open the arena."""
    register_tenant_scoping()
    ground = Scoped(
        "litestar-tenants orm", build("tenant", (TenantMixin,)), sqlite_url(folder / "rows.sqlite3")
    )
    ground.refusals = (LitestarTenantsError,)
    return ground

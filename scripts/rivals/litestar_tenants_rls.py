"""litestar-tenants in its mode `rls`: a PostgreSQL role for each tenant."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from attacks.models import Models, build
from attacks.plain import Ground
from litestar_tenants.exceptions import TenantAlreadyExistsError as TenantAlreadyExists
from litestar_tenants.rls import PostgresManager, _core, setup_rls_schema, with_rls
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from rivals.postgres_ground import PostgresGround

DIALECT = "postgresql"
TENANTS = ("mallory", "victoria")


class TenantRoles(PostgresGround):
    """Sessions as `RLSSessionProvider` yields them, policies by `setup_rls_schema`."""

    def __init__(self, models: Models, url: str) -> None:
        super().__init__("litestar-tenants rls", models, url)
        self.manager = PostgresManager.from_engine(self.engine, schema_name="public")

    @asynccontextmanager
    async def session(self, user: str) -> AsyncIterator[AsyncSession]:
        """Open a tenant's session."""
        async with self.manager.new_tenant_session(user, create_if_missing=False) as session:
            yield session

    async def protect(self, connection: AsyncConnection) -> None:
        """Mark every table with the column, also where the decorator does not reach, and set it up."""
        for table in self.models.owned:
            marked: Any = table
            setattr(marked, _core._RLS_ENABLED_ATTR, True)
            setattr(marked, _core._TENANT_COLUMN_TYPE_ATTR, str)
        await setup_rls_schema(connection, self.models.metadata)

    async def create(self, connection: AsyncConnection) -> None:
        """Make the tables, then the tenants' roles, whose grants are on tables that are there."""
        await super().create(connection)
        for tenant in TENANTS:
            try:
                await self.manager.create_tenant(tenant)
            except TenantAlreadyExists:
                await self.grant(f"tenant_{tenant}")
        await self.engine.dispose()


async def arena(folder: Path, url: str) -> Ground:
    """Open the arena."""
    return TenantRoles(build("tenant", decorate=with_rls), url)

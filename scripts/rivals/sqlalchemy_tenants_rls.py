"""sqlalchemy-tenants: a PostgreSQL role for each tenant, taken by SET SESSION ROLE."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from attacks.models import Models, build
from attacks.plain import Ground
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy_tenants import core, with_rls
from sqlalchemy_tenants.aio import PostgresManager
from sqlalchemy_tenants.exceptions import TenantAlreadyExists

from rivals.postgres_ground import PostgresGround

DIALECT = "postgresql"
TENANTS = ("mallory", "victoria")


class TenantRoles(PostgresGround):
    """Sessions of `PostgresManager.new_tenant_session`; policies as its migrations make them."""

    def __init__(self, models: Models, url: str) -> None:
        super().__init__("sqlalchemy-tenants", models, url)
        self.manager = PostgresManager.from_engine(self.engine, schema_name="public")

    @asynccontextmanager
    async def session(self, user: str) -> AsyncIterator[AsyncSession]:
        """Open a tenant's session."""
        async with self.manager.new_tenant_session(user) as session:
            yield session

    async def protect(self, connection: AsyncConnection) -> None:
        """Make the policies on every table with the column, also where a decorator does not reach."""
        function = core._GET_TENANT_FUNCTION_TEMPLATE.format(
            name=core.GET_TENANT_FUNCTION_NAME, tenant_role_prefix=core.TENANT_ROLE_PREFIX
        )
        await connection.execute(text(function))
        for table in self.models.owned:
            await connection.execute(text(f'ALTER TABLE "{table.name}" ENABLE ROW LEVEL SECURITY'))
            policy = core.get_table_policy(table_name=table.name, column_type=str)
            await connection.execute(text(policy))

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

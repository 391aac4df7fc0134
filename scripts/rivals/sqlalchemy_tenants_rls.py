"""sqlalchemy-tenants: a PostgreSQL role for each tenant, taken by SET SESSION ROLE."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from attacks.models import Models, build
from attacks.plain import Ground
from rivals.postgres_ground import PostgresGround
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

REQUIRES = ["sqlalchemy-tenants==0.2.0"]
DIALECT = "postgresql"
TENANTS = ("mallory", "victoria")


class TenantRoles(PostgresGround):
    """Sessions of `PostgresManager.new_tenant_session`; policies as its migrations make them."""

    def __init__(self, models: Models, url: str) -> None:
        from sqlalchemy_tenants.aio import PostgresManager

        super().__init__("sqlalchemy-tenants", models, url)
        self.manager = PostgresManager.from_engine(self.engine, schema_name="public")

    @asynccontextmanager
    async def session(self, user: str) -> AsyncIterator[AsyncSession]:
        """Open a tenant's session."""
        async with self.manager.new_tenant_session(user) as session:
            yield session

    async def protect(self, connection: AsyncConnection) -> None:
        """Make the policies on every table with the column, also where a decorator does not reach."""
        from sqlalchemy_tenants import core

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
            with suppress(Exception):
                await self.manager.delete_tenant(tenant)
            await self.manager.create_tenant(tenant)
        await self.engine.dispose()


async def arena(folder: Path, url: str) -> Ground:
    """Open the arena."""
    from sqlalchemy_tenants import with_rls

    return TenantRoles(build("tenant", decorate=with_rls), url)

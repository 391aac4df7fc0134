"""fastapi-tenancy with the isolation strategy `rls`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from attacks.models import Models, build
from attacks.plain import Ground
from fastapi_tenancy import TenancyConfig, Tenant
from fastapi_tenancy.core.exceptions import TenancyError
from fastapi_tenancy.isolation.rls import RLSIsolationProvider
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from rivals.postgres_ground import PostgresGround

DIALECT = "postgresql"


class RowLevel(PostgresGround):
    """Sessions of `RLSIsolationProvider.get_session`; policies as its documentation has them."""

    def __init__(self, models: Models, url: str) -> None:
        super().__init__("fastapi-tenancy rls", models, url)
        self.refusals = (TenancyError,)
        config: Any = TenancyConfig(database_url=url, isolation_strategy="rls", resolution_strategy="header")
        self.provider = RLSIsolationProvider(config, engine=self.engine)

    @asynccontextmanager
    async def session(self, user: str) -> AsyncIterator[AsyncSession]:
        """Open a tenant's session."""
        async with self.provider.get_session(Tenant(id=user, identifier=user, name=user)) as session:
            yield session

    async def protect(self, connection: AsyncConnection) -> None:
        """Make the policies."""
        for table in self.models.owned:
            await connection.execute(text(f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY"))
            await connection.execute(text(f"ALTER TABLE {table.name} FORCE ROW LEVEL SECURITY"))
            await connection.execute(
                text(
                    f"CREATE POLICY tenant_isolation ON {table.name} "
                    "USING (tenant_id = current_setting('app.current_tenant', TRUE))"
                )
            )


async def arena(folder: Path, url: str) -> Ground:
    """Open the arena."""
    return RowLevel(build("tenant_id"), url)

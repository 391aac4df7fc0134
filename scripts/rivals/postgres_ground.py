"""PostgreSQL as libraries with row-level security want it: tables owned by a role that is no superuser."""

from attacks.models import Models
from attacks.plain import Ground
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection

APPLICATION = "rival_application"


class PostgresGround(Ground):
    """A ground whose application connects as the owner of the tables, who may create roles."""

    def __init__(self, name: str, models: Models, url: str) -> None:
        super().__init__(name, models, make_url(url).set(username=APPLICATION), url)

    async def wipe(self, connection: AsyncConnection) -> None:
        """Take everything away, and let the application own what comes next."""
        await super().wipe(connection)
        await connection.execute(text(f"ALTER SCHEMA public OWNER TO {APPLICATION}"))

    async def create(self, connection: AsyncConnection) -> None:
        """Make the tables as the application, whose role is made first."""
        roles = "SELECT FROM pg_roles WHERE rolname ="
        await connection.execute(
            text(
                f"DO $$ BEGIN IF NOT EXISTS ({roles} '{APPLICATION}') THEN "
                f"CREATE ROLE {APPLICATION} LOGIN CREATEROLE; END IF; END $$"
            )
        )
        await connection.execute(text(f"ALTER SCHEMA public OWNER TO {APPLICATION}"))
        await connection.commit()
        await self.engine.dispose()
        async with self.engine.begin() as application:
            await application.run_sync(self.models.metadata.create_all)
            await application.execute(text("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO PUBLIC"))
            await self.protect(application)
        await self.engine.dispose()

    async def grant(self, role: str) -> None:
        """Give a role that is there what its library gave it, on tables that were made anew."""
        async with self.engine.begin() as application:
            for what in ("ALL TABLES", "ALL SEQUENCES"):
                verbs = "SELECT, INSERT, UPDATE, DELETE" if what == "ALL TABLES" else "USAGE, SELECT"
                await application.execute(text(f"GRANT {verbs} ON {what} IN SCHEMA public TO {role}"))
            await application.execute(text(f"GRANT USAGE ON SCHEMA public TO {role}"))

    async def protect(self, connection: AsyncConnection) -> None:
        """Apply what the library asks for on its tables."""

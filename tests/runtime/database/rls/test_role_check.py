"""Every way in which the application's role could step over the wall is found at start, and named."""

import secrets
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from cellwall.runtime.database.ownership import Ownership
from cellwall.runtime.errors import BypassingRoleError

from .conftest import Base, Walled


@pytest.fixture
async def other(bare: Walled) -> AsyncIterator[str]:
    """Another role, that a test gives rights to."""
    name = f"other_{secrets.token_hex(4)}"
    await bare.run(f"CREATE ROLE {name}")
    yield name
    await bare.run(
        f"REASSIGN OWNED BY {name} TO CURRENT_USER", f"DROP OWNED BY {name} CASCADE", f"DROP ROLE {name}"
    )


@pytest.fixture
async def safe(bare: Walled) -> Walled:
    """A wall that stands."""
    await bare.apply()
    await bare.storage().check()
    return bare


HOLES = {
    "superuser": ("ALTER ROLE {role} SUPERUSER", "is a superuser"),
    "bypassrls": ("ALTER ROLE {role} BYPASSRLS", "has BYPASSRLS"),
    "createrole": ("ALTER ROLE {role} CREATEROLE", "has CREATEROLE"),
    "server files": ("GRANT pg_read_server_files TO {role}", "'pg_read_server_files'"),
    "table's owner": ("ALTER TABLE notes OWNER TO {role}", "notes: it belongs to the role"),
    "truncate": ("GRANT TRUNCATE ON notes TO {role}", "notes: the role has TRUNCATE"),
    "references": ("GRANT REFERENCES ON notes TO PUBLIC", "notes: the role has REFERENCES"),
    "trigger": ("GRANT TRIGGER ON notes TO {role}", "TRIGGER"),
    "disabled": ("ALTER TABLE notes DISABLE ROW LEVEL SECURITY", "not enabled and forced"),
    "not forced": ("ALTER TABLE notes NO FORCE ROW LEVEL SECURITY", "not enabled and forced"),
    "no policy": ("DROP POLICY cellwall_owner ON notes", "no policy cellwall_owner"),
    "policy opened": ("ALTER POLICY cellwall_owner ON notes USING (true)", "no policy cellwall_owner"),
    "policy half open": (
        "ALTER POLICY cellwall_owner ON notes USING (user_id = (SELECT cellwall.owner()) OR text = 'x')",
        "no policy cellwall_owner",
    ),
    "policy half open, no sub-select": (
        "ALTER POLICY cellwall_owner ON notes USING (user_id = cellwall.owner() OR text = 'x')",
        "no policy cellwall_owner",
    ),
    "policy of another function": (
        "CREATE FUNCTION cellwall.owner(x text) RETURNS text LANGUAGE sql AS $$ SELECT x $$;"
        "ALTER POLICY cellwall_owner ON notes USING (user_id = cellwall.owner(user_id))",
        "no policy cellwall_owner",
    ),
    "policy without check": ("ALTER POLICY cellwall_owner ON notes WITH CHECK (true)", "no policy cellwall"),
    "policy for one role": ("ALTER POLICY cellwall_owner ON notes TO postgres", "no policy cellwall_owner"),
    "policy of the wrong column": (
        "ALTER POLICY cellwall_owner ON notes USING (text = (SELECT cellwall.owner()))",
        "no policy cellwall_owner",
    ),
    "function's owner": ("ALTER FUNCTION cellwall.owner() OWNER TO {role}", "could replace the function"),
    "schema's owner": ("ALTER SCHEMA cellwall OWNER TO {role}", "could replace the function"),
    "create in schema": ("GRANT CREATE ON SCHEMA cellwall TO {role}", "could replace the function"),
    "no function": ("DROP FUNCTION cellwall.owner() CASCADE", "no function cellwall.owner()"),
    "another function": (
        "CREATE OR REPLACE FUNCTION cellwall.owner() RETURNS text LANGUAGE sql AS $$ SELECT 'ada' $$",
        "the database saw 'ada'",
    ),
    "no table": ("ALTER TABLE notes RENAME TO elsewhere", "sees no such table"),
    "case-blind column": (
        "CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"
        "DROP POLICY cellwall_owner ON notes; ALTER TABLE notes ALTER user_id TYPE text COLLATE blind",
        "takes different owners for one",
    ),
    "padded column": (
        "DROP POLICY cellwall_owner ON notes; ALTER TABLE notes ALTER user_id TYPE char(20)",
        "takes different owners for one",
    ),
    "view": ("CREATE VIEW spy AS SELECT * FROM notes; GRANT SELECT ON spy TO {role}", "spy shows rows"),
    "view for all": ("CREATE VIEW spy AS SELECT * FROM notes; GRANT SELECT ON spy TO PUBLIC", "spy shows"),
    "view over a view": (
        "CREATE VIEW inner_spy AS SELECT * FROM notes; CREATE VIEW spy AS SELECT * FROM inner_spy; "
        "GRANT SELECT ON spy TO {role}",
        "spy shows rows",
    ),
    "materialized view": (
        "CREATE MATERIALIZED VIEW spy AS SELECT * FROM notes; GRANT SELECT ON spy TO {role}",
        "spy shows rows",
    ),
    "heir": ("CREATE TABLE heir () INHERITS (notes); GRANT SELECT ON heir TO {role}", "heir is a partition"),
}  # fmt: skip


@pytest.mark.parametrize("hole", HOLES)
async def test_a_hole_is_found(safe: Walled, hole: str) -> None:
    make, says = HOLES[hole]
    if "icu" in make and not await safe.run("SELECT 1 FROM pg_collation WHERE collname = 'en-x-icu'"):
        pytest.skip("this server was built without ICU, so no collation is case-blind")
    try:
        await safe.run(*make.format(role=safe.role).split(";"))
        with pytest.raises(BypassingRoleError) as caught:
            await safe.storage().check()
        assert says in str(caught.value)
    finally:
        await safe.run(
            "DROP VIEW IF EXISTS inner_spy CASCADE" if "inner" in make else "SELECT 1",
            "ALTER TABLE IF EXISTS elsewhere RENAME TO notes",
            "ALTER TABLE notes OWNER TO CURRENT_USER",
            "DROP TABLE notes CASCADE",
            "DROP COLLATION IF EXISTS blind",
            f"REVOKE pg_read_server_files FROM {safe.role}",
        )


@pytest.mark.parametrize("right", ["SUPERUSER", "BYPASSRLS", "CREATEROLE"])
@pytest.mark.parametrize("inherits", ["INHERIT", "NOINHERIT"])
async def test_a_role_that_one_may_become_counts(safe: Walled, other: str, right: str, inherits: str) -> None:
    await safe.run(
        f"ALTER ROLE {safe.role} {inherits}", f"ALTER ROLE {other} {right}", f"GRANT {other} TO {safe.role}"
    )
    with pytest.raises(BypassingRoleError, match=other):
        await safe.storage().check()


async def test_a_tables_owner_that_one_may_become_counts(safe: Walled, other: str) -> None:
    await safe.run(f"ALTER TABLE notes OWNER TO {other}", f"GRANT {other} TO {safe.role}")
    with pytest.raises(BypassingRoleError, match="notes: it belongs to"):
        await safe.storage().check()
    await safe.run("ALTER TABLE notes OWNER TO CURRENT_USER")


async def test_a_role_from_which_one_came_counts(safe: Walled) -> None:
    url = make_url(safe.admin.url).update_query_dict({})
    engine = create_async_engine(url, connect_args={"server_settings": {"role": safe.role}})
    safe.engines.append(engine)  # RESET ROLE leads back to the superuser
    with pytest.raises(BypassingRoleError, match="is a superuser"):
        await safe.storage(engine).check()


@pytest.mark.parametrize(
    "harmless",
    [
        "CREATE VIEW spy WITH (security_invoker = on) AS SELECT * FROM notes; GRANT SELECT ON spy TO {role}",
        "CREATE VIEW spy AS SELECT * FROM notes",
        "CREATE MATERIALIZED VIEW spy AS SELECT * FROM notes",
        "CREATE VIEW spy AS SELECT * FROM currencies; GRANT SELECT ON spy TO {role}",
        "CREATE POLICY more ON notes USING (true)",
        "CREATE POLICY less ON notes AS RESTRICTIVE USING (text <> 'hidden')",
        "CREATE TABLE heir () INHERITS (notes)",
        "ALTER POLICY cellwall_owner ON notes USING (user_id = (SELECT cellwall.owner())) "
        "WITH CHECK (user_id = (SELECT cellwall.owner()))",
        "GRANT ALL ON currencies TO {role}",
    ],
)
async def test_what_is_harmless_is_let_be(safe: Walled, harmless: str) -> None:
    await safe.run(*harmless.format(role=safe.role).split(";"))
    await safe.storage().check()
    await safe.run("DROP TABLE notes, currencies CASCADE")


async def test_everything_is_named_at_once(safe: Walled) -> None:
    await safe.run(f"ALTER ROLE {safe.role} BYPASSRLS", "DROP POLICY cellwall_owner ON notes")
    with pytest.raises(
        BypassingRoleError, match=r"BYPASSRLS.*; .*no policy cellwall_owner.*cellwall db rls-sql"
    ):
        await safe.storage().check()


async def test_a_mended_wall_is_let_in(safe: Walled) -> None:
    storage = safe.storage()
    await safe.run("ALTER TABLE notes NO FORCE ROW LEVEL SECURITY")
    with pytest.raises(BypassingRoleError):
        await storage.check()
    await safe.apply()
    await storage.check()


async def test_nothing_owned_needs_no_wall(safe: Walled) -> None:
    safe.ownership = Ownership(Base.metadata, shared={"notes", "currencies"})
    await safe.storage().check()

"""The rights of the application's role on PostgreSQL: can it step over row-level security? Reads only."""

from __future__ import annotations

from collections.abc import Collection
from importlib.util import find_spec
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from cellwall.audit.errors import NotReachedError
from cellwall.audit.finding import Finding, Severity, Verdict
from cellwall.audit.loopback import destination
from cellwall.audit.weaknesses import WEAKNESSES
from cellwall.project.number_of import number_of

OWNER_COLUMNS: Final = (
    "user_id", "owner_id", "owner", "tenant_id", "account_id", "customer_id", "member_id", "organization_id",
)  # fmt: skip
_LIST: Final = ", ".join(f"'{each}'" for each in OWNER_COLUMNS)
_TABLES: Final = f"""SELECT n.nspname || '.' || c.relname, min(a.attname::text), c.relrowsecurity,
    c.relforcerowsecurity
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_|^information_schema$' AND a.attname IN ({_LIST})
GROUP BY 1, 3, 4 ORDER BY 1"""


async def database_findings(
    url: str, *, remote: bool = False, allowed: Collection[str] = ()
) -> tuple[list[Finding], str]:
    """Ask the catalog as the application's role; give the findings and what was looked at.

    Raises:
        NotAllowedError: the database is on another machine, and that was not allowed twice.
        NotReachedError: asyncpg is not installed, or there is no such database.
    """
    if find_spec("asyncpg") is None:
        raise NotReachedError("the database's rights need asyncpg: install cellwall[postgres]")
    _require_allowed(url, remote=remote, allowed=allowed)
    import asyncpg  # type: ignore[import-untyped]  # noqa: PLC0415  # an extra

    from cellwall.runtime.database.rls.catalog import ROLES  # noqa: PLC0415  # the same extra

    scheme, _, rest = url.partition("://")
    try:
        connection = await asyncpg.connect(f"{scheme.partition('+')[0]}://{rest}", timeout=10)
    except (OSError, ValueError, TimeoutError, asyncpg.PostgresError) as error:
        raise NotReachedError(f"the database cannot be reached: {type(error).__name__}") from None
    try:
        roles, tables = await connection.fetch(ROLES), await connection.fetch(_TABLES)
    finally:
        await connection.close()
    found = [*_roles(roles), *_unwalled(tables)]
    return (
        found,
        f"the rights of a database's role on {number_of(len(tables), 'table')} with an owner's column",
    )


def _require_allowed(url: str, *, remote: bool, allowed: Collection[str]) -> None:
    parts = urlsplit(url)
    host = parts.hostname or next(iter(parse_qs(parts.query).get("host", [])), "")
    if host and not host.startswith("/"):  # a folder is a socket on this machine
        destination(f"http://{host}", remote=remote, allowed=allowed)


def _roles(rows: list[Any]) -> list[Finding]:
    found = []
    for name, superuser, bypass, creates_roles, server in rows:
        says = {
            "is a superuser": superuser,
            "has BYPASSRLS": bypass,
            "has CREATEROLE": creates_roles,
            "reads files or runs programs on the server": server,
        }
        reasons = " and ".join(text for text, holds in says.items() if holds)
        if reasons:
            found.append(
                _finding(
                    f"role {name}", Severity.MEDIUM, f"{reasons}, so row-level security does not hold for it"
                )
            )
    return found


def _unwalled(rows: list[Any]) -> list[Finding]:
    found = []
    for name, column, enabled, forced in rows:
        if not enabled or not forced:
            what = "not enabled" if not enabled else "not forced, so its owner steps over it"
            text = f"{name} has the owner's column {column}, and row-level security is {what}"
            found.append(_finding(f"table {name}", Severity.LOW, text))
    return found


def _finding(target: str, severity: Severity, evidence: str) -> Finding:
    return Finding(
        WEAKNESSES["database-wall"], target, "", severity, "one query that forgets the owner shows every row",
        Verdict.SUSPECTED, evidence, retest="cellwall audit",
    )  # fmt: skip

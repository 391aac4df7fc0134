"""Judges at start whether the application's role could step over row-level security; only reads."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

from cellwall.runtime.database.ownership import Ownership
from cellwall.runtime.database.rls import catalog
from cellwall.runtime.database.rls.names import OWNER, OWNER_POLICY, SIGNING_KEY, table_name

Ask = Callable[[str], Awaitable[list[tuple[Any, ...]]]]  # gives the rows of one statement

APPLY: Final = "run `cellwall db rls-sql MODULE:NAME --apply` as the owner of the tables"
_NOISE: Final = re.compile(r"::[a-z]+(?: [a-z]+)*(?:\(\d+\))?| AS owner\b|[()\s\"]")


async def problems(ask: Ask, ownership: Ownership, *, signed: bool) -> list[str]:
    """Give what lets the role that asks reach rows of other owners; nothing when the wall stands."""
    owned = {table_name(table): column.name for table, column in ownership.owned.items()}
    found = await _roles(ask)
    found += await _function(ask, signed=signed)
    if not owned:
        return found
    found += await _tables(ask, list(owned))
    found += await _policies(ask, owned)
    for name, kind in await ask(catalog.blurred(owned.items())):
        found.append(
            f"the owner's column of {name} ({kind}) takes different owners for one: make it text or uuid"
        )
    for (name,) in await ask(catalog.unwalled_children(owned)):
        found.append(
            f"{name} is a partition or heir of an owned table without a wall: REVOKE ALL on it from the role"
        )
    for (name,) in await ask(catalog.views_that_see_more(owned)):
        found.append(
            f"{name} shows rows of all owners: set its security_invoker to true, or REVOKE ALL on it"
        )
    return found


async def _roles(ask: Ask) -> list[str]:
    found = []
    for name, superuser, bypass, creates_roles, server in await ask(catalog.ROLES):
        says = {"is a superuser": superuser, "has BYPASSRLS": bypass, "has CREATEROLE": creates_roles}
        reasons = [text for text, holds in says.items() if holds]
        if server:
            reasons.append("reads files or runs programs on the server")
        if reasons:
            found.append(
                f"role {name!r}, which this connection is or may become, {' and '.join(reasons)}: connect "
                "as a role of CREATE ROLE ... LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE that is in none such"
            )
    return found


async def _function(ask: Ask, *, signed: bool) -> list[str]:
    rows = await ask(catalog.FUNCTION)
    if not rows:
        return [f"the database has no function {OWNER}(): {APPLY}"]
    ((verifies, ours),) = rows
    found = (
        [f"the role could replace the function {OWNER}(): let another role own it, {APPLY}"] if ours else []
    )
    if signed and not verifies:
        found.append(f"the function {OWNER}() believes owners that are not signed: {APPLY} and --signed")
    if signed and await ask(catalog.REACHABLE_KEYS):
        found.append(f"the role can use {SIGNING_KEY}: REVOKE ALL on it from the role")
    return found


async def _tables(ask: Ask, names: list[str]) -> list[str]:
    found = []
    for name, there, enabled, forced, ours, rights in await ask(catalog.tables(names)):
        if not there:
            found.append(f"{name}: the role sees no such table; create it, or set the role's search_path")
            continue
        if not (enabled and forced):
            found.append(f"{name}: row-level security is not enabled and forced; {APPLY}")
        if ours:
            found.append(
                f"{name}: it belongs to the role, or to one that the role may become: let another role own it"
            )
        elif rights:
            found.append(f"{name}: the role has {rights}, which row-level security does not see; REVOKE it")
    return found


async def _policies(ask: Ask, owned: dict[str, str]) -> list[str]:
    good = set()
    for name, policy, restrictive, everywhere, using, check in await ask(catalog.policies(owned)):
        wanted = {_NOISE.sub("", f"{owned[name]}={select}{OWNER}") for select in ("", "SELECT")}
        same = wanted.issuperset(_NOISE.sub("", expression or "") for expression in (using, check))
        if policy == OWNER_POLICY and restrictive and everywhere and same:
            good.add(name)
    return [
        f"{name}: has no policy {OWNER_POLICY} as Cellwall makes it; {APPLY}"
        for name in owned
        if name not in good
    ]

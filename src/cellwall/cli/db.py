"""`cellwall db rls-sql`: print or apply the policies that let PostgreSQL keep owners apart."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from cellwall.project.number_of import number_of

if TYPE_CHECKING:
    from cellwall.runtime.database.ownership import Ownership

URL_VARIABLE = "CELLWALL_DATABASE_URL"


@click.group("db")
def command() -> None:
    """Prepare a database for the runtime."""


@command.command("rls-sql")
@click.argument("target", metavar="MODULE:NAME")
@click.option("--column", help="The owner's column, where NAME is a MetaData (default: user_id).")
@click.option(
    "--shared", multiple=True, metavar="TABLE", help="A table of nobody's, where NAME is a MetaData."
)
@click.option("--role", help="The application's role, to be granted what it needs and no more.")
@click.option("--signed", is_flag=True, help="Believe signed owners alone.")
@click.option(
    "--key", "keys", multiple=True, metavar="ID=VARIABLE",
    help="With --apply: a signing key, in hexadecimal digits in an environment variable; implies --signed.",
)  # fmt: skip
@click.option(
    "--apply", "apply_now", is_flag=True, help="Run the statements, all or none, not only print them."
)
@click.option(
    "--url", "url_variable", metavar="VARIABLE", default=URL_VARIABLE, show_default=True,
    help="The environment variable that holds the URL of the tables' owner.",
)  # fmt: skip
@click.option(
    "--app-dir", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path(),
    help="Where to look for MODULE (default: here).",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print tables and statements as JSON.")
def rls_sql(
    target: str,
    *,
    column: str | None,
    shared: tuple[str, ...],
    role: str | None,
    signed: bool,
    keys: tuple[str, ...],
    apply_now: bool,
    url_variable: str,
    app_dir: Path,
    as_json: bool,
) -> None:
    """Print the row-level security of MODULE:NAME, an Ownership or a MetaData, as SQL; or apply it.

    Exit code 0: done, 1: the database refused and nothing was changed, 2: it could not start.
    """
    ownership = _ownership(target, column, shared, app_dir)
    if keys and not apply_now:
        _refuse("--key installs a key, so it needs --apply; --signed prints the rest")
    if signed and apply_now and not keys:
        _refuse("--signed with --apply needs --key ID=VARIABLE: without a key no owner is believed")
    try:
        if apply_now:
            statements = _apply(ownership, role, _keys(keys), _variable(url_variable))
        else:
            statements = _statements(ownership, role, signed=signed)
    except ValueError as error:
        _refuse(str(error))
    _print(ownership, statements, applied=apply_now, as_json=as_json)


def _ownership(target: str, column: str | None, shared: tuple[str, ...], app_dir: Path) -> Ownership:
    module_name, separator, name = target.partition(":")
    if not separator or not module_name or not name:
        _refuse(f"{target}: name a module and what stands in it, such as app.models:ownership")
    try:
        from sqlalchemy import MetaData

        from cellwall.runtime.database.ownership import Ownership
    except ImportError as error:
        _refuse(f"{error}; install cellwall[db]")
    sys.path.insert(0, str(app_dir.resolve()))
    try:
        found: object = import_module(module_name)
        for part in name.split("."):
            found = getattr(found, part)
    except Exception as error:  # code of the project: whatever it does, it is told in one line
        _refuse(f"{target}: {type(error).__name__}: {error}")
    if isinstance(found, Ownership):
        if column or shared:
            _refuse(f"{target} is an Ownership, which says that itself: leave --column and --shared")
        return found
    if not isinstance(found, MetaData):
        kind = type(found).__name__
        _refuse(f"{target} is a {kind}: name an Ownership, or a MetaData such as app.models:Base.metadata")
    unknown = sorted(set(shared) - set(found.tables))
    if unknown:
        _refuse(f"--shared {', '.join(unknown)}: {target} has no such table")
    return Ownership(found, column=column or "user_id", shared=shared)


def _statements(ownership: Ownership, role: str | None, *, signed: bool) -> list[str]:
    from cellwall.runtime.database.rls.script import policies_sql
    from cellwall.runtime.errors import OwnershipError

    try:
        return policies_sql(ownership, role=role, signed=signed)
    except OwnershipError as error:
        _refuse(str(error))


def _keys(given: tuple[str, ...]) -> dict[str, bytes] | None:
    """Read the keys; no message ever holds what stands in a variable."""
    from cellwall.runtime.database.rls.signing import OwnerSigner

    keys: dict[str, bytes] = {}
    for one in given:
        key_id, separator, variable = one.partition("=")
        if not separator:
            _refuse("--key is ID=VARIABLE, such as 2026-11=OWNER_KEY")
        try:
            keys[key_id] = bytes.fromhex(_variable(variable))
        except ValueError:
            _refuse(f"${variable} must hold the key in hexadecimal digits")
        OwnerSigner(keys[key_id], key_id=key_id)  # refuses a short key and an odd id
    return keys or None


def _apply(ownership: Ownership, role: str | None, keys: dict[str, bytes] | None, url: str) -> list[str]:
    from sqlalchemy.exc import SQLAlchemyError

    from cellwall.runtime.database.rls.apply import apply_once

    _statements(ownership, role, signed=keys is not None)  # what cannot be said is not tried
    try:
        return asyncio.run(apply_once(url, ownership, role=role, keys=keys))
    except (SQLAlchemyError, OSError) as error:
        reason = getattr(error, "orig", None) or error
        click.echo(f"error: the database refused, and nothing was changed: {reason}", err=True)
        sys.exit(1)


def _variable(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        _refuse(f"${name} is not set; what others may not read comes by a variable, not by an argument")
    return value


def _print(ownership: Ownership, statements: list[str], *, applied: bool, as_json: bool) -> None:
    from cellwall.runtime.database.rls.script import script

    owned = {table.fullname: column.name for table, column in ownership.owned.items()}
    if as_json:
        data = {
            "owned": owned,
            "shared": sorted(ownership.shared),
            "applied": applied,
            "statements": statements,
        }
        click.echo(json.dumps(data, indent=2))
    elif applied:
        click.echo(
            f"applied row-level security to {number_of(len(owned), 'table')}: {', '.join(sorted(owned))}"
        )
    else:
        click.echo(script(statements), nl=False)


def _refuse(message: str) -> NoReturn:
    click.echo(f"error: {message}", err=True)
    sys.exit(2)

"""CW405: SQL in a text on a table whose rows have owners, without the owner's column."""

import ast
import re
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.known_name import is_named
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.own_nodes import own
from cellwall.check.owned_rows import is_for_administrators, owned_tables
from cellwall.check.request_handlers import request_handlers
from cellwall.check.request_reach import Reach, request_reach
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.service_gates import handles_requests
from cellwall.check.settings import CheckSettings
from cellwall.check.summaries.owned_models import OwnedModels
from cellwall.check.summary import FileSummary
from cellwall.check.telling_names import names_owner_column

_MODEL: Final = (
    "from fastapi import FastAPI\nfrom sqlalchemy import Column, Integer, text\nfrom app.db import Base\n\n"
    "app = FastAPI()\n\n\nclass Note(Base):\n    __tablename__ = 'notes'\n    user_id = Column(Integer)\n\n\n"
)


@final
class RawSqlWithoutOwner:
    """SQL written as a text on a table whose rows have owners, which does not name the owner's column.

    What it does:
        Finds texts with `SELECT ... FROM`, `UPDATE` and `DELETE FROM` on the table of a model of the
        project that has an owner column, given to `text(...)` or `execute(...)` in a function that
        requests reach, where the text does not name the column. Clean-ups that no request asks for by
        itself are left alone, and so is a part, by the same parameter, of what was looked up with its owner.

    Why it leaks:
        The statement reads or changes the rows of all users, and no guard in the object layer sees it.

    Example:
        await db.execute(text("SELECT * FROM notes WHERE id = :id"), {"id": note_id})

    Use instead:
        await db.execute(
            text("SELECT * FROM notes WHERE id = :id AND user_id = :user"), {"id": note_id, "user": user.id}
        )

    Fix safety:
        Never repaired: the parameter has to come from somewhere.
    """

    name: ClassVar[str] = "raw-sql-without-owner"
    code: ClassVar[str] = "CW405"
    family: ClassVar[Family] = Family.DATA
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None
    summaries: ClassVar[tuple[FileSummary, ...]] = (OwnedModels(),)

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            _MODEL + "@app.get('/notes/{note_id}')\nasync def note(note_id: int, user, db):\n"
            '    return db.execute(text("SELECT * FROM notes WHERE id = :id AND user_id = :user"))\n',
            path="app/main.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            _MODEL + "@app.get('/notes/{note_id}')\nasync def note(note_id: int, user, db):\n"
            '    return db.execute(text("SELECT * FROM notes WHERE id = :id"))\n',
            path="app/main.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what hands a text to the database."""
        return (
            IN_SERVICE
            & Gate.any_of(b"execute", b"text", b"fetch", b"raw")
            & Gate.any_of(_SQL)
            & handles_requests()
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each such text."""
        if module.is_test or never_in_service(module.path):
            return
        for constant in module.of(ast.Constant):
            text = constant.value
            named = _TABLE.search(text) if isinstance(text, str) else None
            if not isinstance(text, str) or named is None or not _is_given_to_database(module, constant):
                continue
            columns = owned_tables(module, context).get(named.group(1).lower())
            function = module.function(constant) if columns else None
            if columns is None or function is None or request_reach(module, function) is not Reach.YES:
                continue
            if is_for_administrators(module, function) or _is_clean_up(module, function):
                continue
            if _is_part_of_own(module, function, constant):
                continue
            if not any(column.removesuffix("_id") in text for column in columns):
                message = f"this statement is about the rows of all users: it does not name `{columns[0]}`"
                yield finding(self, module, constant, message)


_CLEANING: Final = deferred(r"(^|_)(clean_?up|purge|expire|prune|vacuum)(_|$)", re.IGNORECASE)
_GIVEN: Final = deferred(r"(?<!:):(\w+)|%\((\w+)\)s")


def _is_clean_up(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a function that answers no request itself tidies up, for nobody in particular."""
    return _CLEANING.search(function.name) is not None and function not in request_handlers(module)


def _is_part_of_own(module: ModuleFacts, function: Function, constant: ast.Constant) -> bool:
    """Tell whether a statement before names an owner, and an id that this one is narrowed by."""
    names = _names_given(constant)
    return any(
        names_owner_column(column)
        for earlier in own(module, function, ast.Constant)
        if isinstance(earlier.value, str) and earlier.lineno < constant.lineno
        if names & _names_given(earlier)
        for column in re.findall(r"\b(\w+)\s*=\s*[:%]", earlier.value)
    )


def _names_given(constant: ast.Constant) -> set[str]:
    return {one or other for one, other in _GIVEN.findall(str(constant.value))}


_SQL: Final = deferred(rb"(?:FROM|UPDATE|from|update|From|Update)[\s\\\"']")
_TABLE: Final = deferred(
    r"^\s*(?:SELECT\b.*?\bFROM|UPDATE|DELETE\s+FROM)\s+[\"`]?(\w+)", re.IGNORECASE | re.DOTALL
)


def _is_given_to_database(module: ModuleFacts, constant: ast.Constant) -> bool:
    call = module.nodes.parent(constant)
    if not isinstance(call, ast.Call):
        return False
    return is_named(module, call.func, _GIVEN_TEXT)


_GIVEN_TEXT: Final = (
    "text", "execute", "fetch", "fetchrow", "fetchall", "fetch_all", "fetch_one", "fetchval", "executemany",
    "raw",
)  # fmt: skip

"""CW409: one connection to a database that a module or class keeps, and that all requests use."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.pytest_facts import spelled
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings


@final
class SharedConnection:
    """One connection to a database that a module or class keeps, and that all requests use.

    What it does:
        Finds `sqlite3.connect`, `psycopg.connect`, `pymysql.connect` and their like, and a cursor of
        one, at the top of a module or in a class body, whose name functions use.

    Why it leaks:
        A connection has one transaction. What one request has written and not committed another one
        reads, commits or takes back; a setting for one user's rows (`SET app.user`) stays for the next.

    Example:
        connection = psycopg.connect(DSN)

        def notes_of(user_id):
            return connection.execute(QUERY, [user_id]).fetchall()

    Use instead:
        def notes_of(user_id):
            with pool.connection() as connection:
                return connection.execute(QUERY, [user_id]).fetchall()

    Fix safety:
        Never repaired: which pool to take from is a decision.
    """

    name: ClassVar[str] = "shared-connection"
    code: ClassVar[str] = "CW409"
    family: ClassVar[Family] = Family.DATA
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import sqlite3\n\n\ndef notes_of(user_id):\n    connection = sqlite3.connect('notes.db')\n"
            "    return connection.execute(QUERY, [user_id]).fetchall()\n",
            path="app/notes.py",
        ),
        Example(
            "import sqlite3\n\nconnection = sqlite3.connect('notes.db')\nconnection.execute(SCHEMA)\n",
            path="app/notes.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import sqlite3\n\nconnection = sqlite3.connect('notes.db')\n\n\ndef notes_of(user_id):\n"
            "    return connection.execute(QUERY, [user_id]).fetchall()\n",
            path="app/notes.py",
        ),
        Example(
            "import psycopg2\n\n\nclass Notes:\n    connection = psycopg2.connect(DSN)\n\n"
            "    def of(self, user_id):\n        return read(self.connection, user_id)\n",
            path="app/notes.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the function's name, and the libraries'."""
        return (
            IN_SERVICE
            & Gate.any_of(b"connect")
            & Gate.any_of(
                b"sqlite3", b"psycopg", b"pymysql", b"MySQLdb", b"mysql", b"pyodbc", b"oracledb", b"duckdb"
            )
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each connection that is kept and used by functions."""
        if module.is_test or never_in_service(module.path):
            return
        for assignment in module.of(ast.Assign):
            around = module.nodes.parent(assignment)
            target = assignment.targets[0]
            if not isinstance(around, (ast.Module, ast.ClassDef)) or not isinstance(target, ast.Name):
                continue
            if _connects(module, assignment.value) and _is_used(module, target.id, around):
                message = f"`{target.id}` is one connection, with one transaction, for all requests"
                yield finding(self, module, assignment, message)


_CONNECTS: Final = (
    "sqlite3.connect",
    "psycopg.connect",
    "psycopg2.connect",
    "pymysql.connect",
    "MySQLdb.connect",
    "mysql.connector.connect",
    "pyodbc.connect",
    "oracledb.connect",
    "duckdb.connect",
)


def _connects(module: ModuleFacts, value: ast.expr) -> bool:
    """Tell whether an expression opens a connection, or is a cursor of one that it opens."""
    match value:
        case ast.Call(func=ast.Attribute(value=ast.Call() as inner, attr="cursor")):
            return _connects(module, inner)
        case ast.Call(func=func):
            return module.matches(func, _CONNECTS) is not None
    return False


def _is_used(module: ModuleFacts, name: str, around: ast.Module | ast.ClassDef) -> bool:
    """Tell whether a function uses a connection of the module, or of its class."""
    if isinstance(around, ast.ClassDef):
        owners = ("self", "cls", around.name)
        return any(n.attr == name and spelled(n.value) in owners for n in module.of(ast.Attribute))
    return any(
        node.id == name and isinstance(node.ctx, ast.Load) and module.function(node) is not None
        for node in module.of(ast.Name)
    )

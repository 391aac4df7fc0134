"""CW401: a session scoped to the thread, in code that runs many requests on one thread."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.called_names import calls_of
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import walk
from cellwall.check.pytest_facts import spelled
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings


@final
class ScopedSessionInAsync:
    """A database session scoped to the thread, in code that runs many requests on one thread.

    What it does:
        Finds `scoped_session(...)` without a `scopefunc` in a module with coroutines, and over an
        asynchronous session maker. One that a function makes for itself, calls and lets go is no finding.

    Why it leaks:
        Its registry gives one session for each thread, and an event loop is one thread: all requests
        share the session, its transaction and its objects.

    Example:
        Session = scoped_session(sessionmaker(engine))

        async def load(note_id):
            return Session.get(Note, note_id)

    Use instead:
        Session = async_sessionmaker(engine)

        async def load(note_id):
            async with Session() as session:
                return await session.get(Note, note_id)

    Fix safety:
        Never repaired: every use has to open a session.
    """

    name: ClassVar[str] = "scoped-session-in-async"
    code: ClassVar[str] = "CW401"
    family: ClassVar[Family] = Family.DATA
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from sqlalchemy.orm import scoped_session, sessionmaker\n\n"
            "Session = scoped_session(sessionmaker())\n\n\n"
            "def load(note_id):\n    return Session.get(note_id)\n",
            path="app/db.py",
        ),
        Example(
            "from sqlalchemy.ext.asyncio import async_scoped_session, async_sessionmaker\n\n"
            "Session = async_scoped_session(async_sessionmaker(), scopefunc=current)\n\n\n"
            "async def load(note_id):\n    return await Session.get(note_id)\n",
            path="app/db.py",
        ),
        Example(
            "from sqlalchemy.orm import scoped_session, sessionmaker\n\n\n"
            "def load(engine, note_id):\n    Session = scoped_session(sessionmaker(bind=engine))\n"
            "    session = Session()\n    try:\n        return session.get(note_id)\n    finally:\n"
            "        Session.remove()\n\n\nasync def serve():\n    await listen()\n",
            path="app/db.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from sqlalchemy.orm import scoped_session, sessionmaker\n\n"
            "Session = scoped_session(sessionmaker())\n\n\n"
            "async def load(note_id):\n    return Session.get(note_id)\n",
            path="app/db.py",
        ),
        Example(
            "from sqlalchemy.orm import scoped_session\n"
            "from sqlalchemy.ext.asyncio import async_sessionmaker\n\n"
            "Session = scoped_session(async_sessionmaker())\n",
            path="app/db.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the name."""
        return IN_SERVICE & Gate.any_of(b"scoped_session")

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each such registry."""
        if module.is_test or never_in_service(module.path):
            return
        for call in calls_of(module, _REGISTRIES):
            if len(call.args) > 1 or any(keyword.arg == "scopefunc" for keyword in call.keywords):
                continue
            if _is_private(module, call):
                continue
            if _is_async(call) or (module.of(ast.AsyncFunctionDef) and not _has_async_sessions(module)):
                message = "all requests of an event loop share the one session of its thread"
                yield finding(self, module, call, message)


_REGISTRIES: Final = ("sqlalchemy.orm.scoped_session", "sqlalchemy.orm.scoping.scoped_session")


def _is_private(module: ModuleFacts, call: ast.Call) -> bool:
    """Tell whether a function makes the registry for itself: it only calls it and uses its members."""
    function, statement = module.function(call), module.nodes.parent(call)
    if function is None or not isinstance(statement, ast.Assign):
        return False
    match statement.targets:
        case [ast.Name(id=name)]:
            uses = [node for node in walk(function) if isinstance(node, ast.Name) and node.id == name]
            declared = any(
                name in node.names for node in walk(function) if isinstance(node, (ast.Global, ast.Nonlocal))
            )
            return not declared and all(_is_called(module, node) for node in uses if node is not uses[0])
    return False


def _is_called(module: ModuleFacts, node: ast.Name) -> bool:
    match module.nodes.parent(node):
        case ast.Call(func=func):
            return func is node
        case ast.Attribute():
            return True
    return False


def _has_async_sessions(module: ModuleFacts) -> bool:
    """Tell whether the module makes asynchronous sessions beside: its coroutines use those."""
    return any(
        word in module.source for word in (b"async_sessionmaker", b"AsyncSession", b"create_async_engine")
    )


def _is_async(call: ast.Call) -> bool:
    return any(
        "async" in spelled(node).lower() for node in walk(call) if isinstance(node, (ast.Name, ast.Attribute))
    )

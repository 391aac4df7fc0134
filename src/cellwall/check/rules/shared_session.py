"""CW103: a database session kept on an object, a class, a module, or by a fixture for many tests."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.edit import Fix, Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.on_purpose import shown_on_purpose
from cellwall.check.pytest_facts import Fixture
from cellwall.check.reason import Reason
from cellwall.check.rule import Example, Refusal, RuleContext, Status, finding
from cellwall.check.session_fixture import session_fixture_repair
from cellwall.check.session_makers import is_replaced, may_open_session, opens_session, session_gate
from cellwall.check.session_repair import session_repair
from cellwall.check.settings import CheckSettings
from cellwall.check.value_flow import value_flow
from cellwall.check.value_place import Place, PlaceKind, value_place

_KEPT: Final = {
    PlaceKind.ATTRIBUTE: "kept on `self`",
    PlaceKind.CLASS: "kept on the class",
    PlaceKind.MODULE: "kept by the module",
}
_MEANT: Final = frozenset({Reason.LOCAL_DOUBLE, Reason.ON_PURPOSE})
_IMPORT: Final = "from app.db import create_session\n\n\n"


@final
class SharedSession:
    """A database session that outlives one request.

    What it does:
        Finds a database session that is kept on `self`, on a class, at module level, or that a
        fixture of scope class, module, package or session gives to many tests. Sessions are what
        the role `session` replaces (`create_session()` where nothing is configured), SQLAlchemy's
        own classes, and the factories of `sessionmaker`. No findings are a session that is given in
        from outside (`self.session = session`), a session of an HTTP client, and a mock.

    Why it leaks:
        A session holds the objects, the transaction and the identity map of whoever used it last.
        The next request reads another user's uncommitted rows, commits another user's half-done
        work, or rolls it back.

    Example:
        class TestService:
            def __init__(self):
                self.session = create_session()

    Use instead:
        async with create_request_session(user_context) as session:
            ...

    Fix safety:
        Safe in tests. Every function that used the kept session opens its own, from the first use
        to the function's end, and what opened and closed the shared one is taken out. Members are
        checked against the role's, and its coroutines are awaited; sessions of a role that is `plain`
        are opened by `with`, and tests stay as they are. Listed instead of repaired: a session that
        helper methods, other files or subclasses see, that is stored elsewhere, or whose caller
        cannot be async.
    """

    name: ClassVar[str] = "shared-session"
    code: ClassVar[str] = "CW103"
    family: ClassVar[Family] = Family.PLANS
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = Safety.SAFE

    VALID: ClassVar[tuple[Example, ...]] = (
        Example("class Repository:\n    def __init__(self, session):\n        self.session = session\n"),
        Example(
            "import aiohttp\n\n\nclass Client:\n    def __init__(self):\n"
            "        self.session = aiohttp.ClientSession()\n"
        ),
        Example(
            "from unittest.mock import AsyncMock\n\n\nclass TestService:\n    def setup_method(self):\n"
            "        self.session = AsyncMock()\n"
        ),
        Example(_IMPORT + "def test_read():\n    session = create_session()\n    session.close()\n"),
        Example(
            "import pytest\n" + _IMPORT + "@pytest.fixture\ndef session():\n    return create_session()\n",
        ),
        Example(
            "import argparse\nfrom app.db import SessionLocal\n\nparser = argparse.ArgumentParser()\n"
            "args = parser.parse_args()\nsession = SessionLocal()\n",
            path="ask.py",
        ),
        Example(
            "from app.db import SessionLocal\n\n\ndef seed(session):\n    session.add(Note())\n\n\n"
            "if __name__ == '__main__':\n    session = SessionLocal()\n    seed(session)\n",
            path="app/seed.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            _IMPORT + "class TestService:\n"
            "    def __init__(self):\n"
            "        self.session = create_session()\n\n"
            "    async def handle_request(self, user_context):\n"
            '        await self.session.execute("select 1")\n',
            "from app.db import create_session\nfrom cellwall import create_request_session\n\n\n"
            "class TestService:\n"
            "    def __init__(self):\n"
            "        pass\n\n"
            "    async def handle_request(self, user_context):\n"
            "        async with create_request_session(user_context) as session:\n"
            '            await session.execute("select 1")\n',
        ),
        Example(_IMPORT + "session = create_session()\nprint(session)\n"),
        Example(
            "from sqlalchemy.orm import Session\n\n\nclass Service:\n    def __init__(self, engine):\n"
            "        self.session = Session(engine)\n",
            path="app/service.py",
        ),
        Example(
            "import pytest\n"
            + _IMPORT
            + '@pytest.fixture(scope="module")\ndef session():\n    return create_session()\n',
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the names of session factories, and the word itself."""
        return session_gate(settings)

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each call that opens a session which something keeps."""
        if _is_script(module):
            return
        for call in module.of(ast.Call):
            if not _is_bound(module, call) or not may_open_session(module, call, context.settings):
                continue
            if _is_in_main(module, call):
                continue
            place = value_place(module, call)
            if not _may_keep(place) or not opens_session(module, call, context.settings):
                continue
            fixture = value_flow(module, call, place).fixture
            wide = fixture is not None and fixture.scope != "function"
            if place.kind not in _KEPT and not wide:
                continue
            outcome = _outcome(module, call, place, fixture if wide else None, context)
            kept = _KEPT.get(place.kind) or f"given to all tests of a {fixture.scope if fixture else ''}"
            message = f"a database session {kept} is shared by every request that uses it"
            meant = isinstance(outcome, Refusal) and outcome.reason in _MEANT
            yield finding(self, module, call, message, outcome, severity=Severity.WARNING if meant else None)


def _is_script(module: ModuleFacts) -> bool:
    """Tell whether a module reads a command line on import: it serves the one person who runs it."""
    return any(
        isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Call)
        and isinstance(statement.value.func, ast.Attribute)
        and statement.value.func.attr == "parse_args"
        for statement in module.tree.body
    )


def _is_in_main(module: ModuleFacts, call: ast.Call) -> bool:
    """Tell whether a call runs only where the module is run as a program."""
    return module.function(call) is None and any(
        isinstance(around, ast.If) and "__name__" in ast.unparse(around.test)
        for around in module.nodes.ancestors(call)
    )


def _is_bound(module: ModuleFacts, call: ast.Call) -> bool:
    """Tell, by what stands around it alone, whether a call's value may get a name or be given out."""
    parent = module.nodes.parent(call)
    while isinstance(parent, (ast.Await, ast.BoolOp, ast.IfExp)):
        parent = module.nodes.parent(parent)
    return isinstance(parent, (ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.Return, ast.Yield))


def _may_keep(place: Place) -> bool:
    return place.kind in _KEPT or place.kind in (PlaceKind.RESULT, PlaceKind.LOCAL)


def _outcome(
    module: ModuleFacts, call: ast.Call, place: Place, fixture: Fixture | None, context: RuleContext
) -> Fix | Refusal:
    origin = module.resolve(call.func)
    if origin is not None and origin.local and not origin.made and module.is_test:
        return Refusal(Reason.LOCAL_DOUBLE)
    purpose = shown_on_purpose(module, call)
    if purpose is not None:
        return Refusal(Reason.ON_PURPOSE, purpose)
    role = context.settings.roles.get("session")
    if role is None or not is_replaced(module, call, context.settings):
        return Refusal(
            Reason.NO_ROLE, f"`{module.text(call.func)}` is none of those the role `session` replaces"
        )
    if fixture is not None:
        return session_fixture_repair(module, call, fixture, role, context)
    return session_repair(module, call, place, role, context)

"""CW104: a WebSocket manager that all users share. `manager_repair` decides what is done about one place."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.call_gate import calls_one_of
from cellwall.check.called_names import calls_of
from cellwall.check.edit import Fix, Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import Gate
from cellwall.check.legacy_names import replaced_names
from cellwall.check.manager_repair import manager_repair
from cellwall.check.manager_sites import ManagerSites
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.on_purpose import patch_targets, shown_on_purpose
from cellwall.check.reason import Reason
from cellwall.check.rule import Example, Refusal, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.check.value_place import Place, PlaceKind, value_place

_USUAL: Final = ("UnifiedWebSocketManager",)
_TESTS: Final = frozenset({"tests", "test", "conftest"})
_MEANT: Final = frozenset({Reason.LOCAL_DOUBLE, Reason.ON_PURPOSE})
_HELD: Final = {
    PlaceKind.MODULE: ", kept for the whole module",
    PlaceKind.CLASS: ", kept for the whole class",
}


@final
class SingletonWebSocketManager:
    """A WebSocket manager that all users share.

    What it does:
        Finds calls that give the one manager of the process: `WebSocketManager()`,
        `UnifiedWebSocketManager()`, the accessor `get_websocket_manager()`, and every other name
        that the roles `pool` and `manager` replace; in a variable, on `self`, in a fixture, at
        module level. Names are resolved through imports, aliases and re-exports. A mock is not a
        finding, nor is a manager that a test makes over mocks or of a module that it loaded anew; a
        class of the same name that the tests define themselves is listed.

    Why it leaks:
        All connections of all users stand in one table. A broadcast, a wrong key or a connection
        that a test left behind carries one user's events to another user, and tests pass or fail by
        what ran before them.

    Example:
        websocket_manager = WebSocketManager()

    Use instead:
        pool = WebSocketConnectionPool()
        emitter = pool.create_emitter(user_context)

    Fix safety:
        Safe in tests. The pool takes the manager's place where everything done with the manager is
        in sight and the pool has those members. Otherwise the role `manager`, where it is
        configured, makes a manager for this test alone. Listed instead of repaired: a test of the
        singleton itself, one that sees several managers which are the same object today, one whose
        application code fetches the shared manager by itself, and a manager that a whole module,
        class or session of tests keeps.
    """

    name: ClassVar[str] = "singleton-websocket-manager"
    code: ClassVar[str] = "CW104"
    family: ClassVar[Family] = Family.PLANS
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = Safety.SAFE

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from app.ws import WebSocketConnectionPool\n\n\n"
            "def test_send(user_context):\n"
            "    pool = WebSocketConnectionPool()\n    pool.create_emitter(user_context)\n"
        ),
        Example(
            "from unittest.mock import Mock\nfrom app.ws import WebSocketManager\n\n\n"
            "def test_send():\n    manager = Mock(spec=WebSocketManager)\n    manager.send()\n"
        ),
        Example("def test_send(manager):\n    manager.WebSocketManager.reset()\n"),
        Example(
            "from unittest.mock import Mock\nfrom app.ws import WebSocketManager\n\n\n"
            "def test_send():\n    manager = WebSocketManager(store=Mock())\n    manager.send()\n"
        ),
        Example(
            "from importlib import import_module\n\n\ndef _ws():\n    return import_module('app.ws')\n\n\n"
            "def test_send():\n    ws = _ws()\n    manager = ws.WebSocketManager()\n    manager.send()\n"
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from app.ws import WebSocketManager\n\n\n"
            "async def test_send():\n"
            '    manager = WebSocketManager()\n    await manager.send_to_user("ann", {})\n',
            "from app.ws import WebSocketManager\nfrom cellwall import WebSocketConnectionPool\n\n\n"
            "async def test_send():\n"
            '    manager = WebSocketConnectionPool()\n    await manager.send_to_user("ann", {})\n',
        ),
        Example(
            "from app.ws import get_websocket_manager\n\nmanager = get_websocket_manager()\nmanager.clear()\n"
        ),
        Example(
            "from app.ws import get_websocket_manager\n\n\n"
            "def notify(event):\n    get_websocket_manager().broadcast(event)\n",
            path="app/notify.py",
        ),
        Example(
            "from app.ws import WebSocketManager\n\n\n"
            "def test_singleton():\n    assert WebSocketManager() is WebSocketManager()\n"
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the names of the managers and accessors."""
        return calls_one_of(_names(settings), in_texts=True)

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each call that gives the shared manager, and each patch of it by name."""
        names = _names(context.settings)
        calls = [call for call in calls_of(module, names) if not _is_of_the_test(module, call)]
        sites = ManagerSites(module, [call for call in calls if not _is_double(module, call)])
        for call in calls:
            place = value_place(module, call)
            outcome = _outcome(module, call, place, sites, context)
            meant = isinstance(outcome, Refusal) and outcome.reason in _MEANT
            name = module.text(call.func).rpartition(".")[2]
            message = (
                f"`{name}()` gives the one WebSocket manager that all users share{_HELD.get(place.kind, '')}"
            )
            yield finding(self, module, call, message, outcome, severity=Severity.WARNING if meant else None)
        for string, pattern in patch_targets(module, names):
            message = (
                f"`{pattern}` is patched by its name; code that has a manager of its own escapes the patch"
            )
            outcome = Refusal(Reason.PATCH_STRING)
            yield finding(self, module, string, message, outcome, severity=Severity.WARNING)


def _names(settings: CheckSettings) -> tuple[str, ...]:
    manager = settings.roles.get("manager")
    configured = manager.replaces if manager is not None else ()
    return tuple(dict.fromkeys((*replaced_names(settings, "pool"), *configured, *_USUAL)))


def _outcome(
    module: ModuleFacts, call: ast.Call, place: Place, sites: ManagerSites, context: RuleContext
) -> Fix | Refusal:
    if _is_double(module, call):
        return Refusal(Reason.LOCAL_DOUBLE)
    purpose = shown_on_purpose(module, call)
    if purpose is not None:
        return Refusal(Reason.ON_PURPOSE, purpose)
    return manager_repair(module, call, place, sites, context)


def _is_of_the_test(module: ModuleFacts, call: ast.Call) -> bool:
    """Tell whether a test makes a manager of its own: over mocks, or of a module that it loaded anew."""
    if not module.is_test or not module.text(call.func).rpartition(".")[2][:1].isupper():
        return False
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    origins = [module.resolve(value) for value in given]
    if any(origin is not None and origin.is_double for origin in origins):
        return True
    loaded = module.resolve(call.func.value) if isinstance(call.func, ast.Attribute) else None
    return loaded is not None and loaded.made


def _is_double(module: ModuleFacts, call: ast.Call) -> bool:
    """Tell whether the called class is one that this test, or a module of tests, defines."""
    origin = module.resolve(call.func)
    if origin is None or not module.is_test:
        return False
    home = module.names(call.func)[-1].split(".")[:-1]
    return origin.local or any(part in _TESTS or part.startswith("test_") for part in home)

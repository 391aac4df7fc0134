"""CW430: work without a user, which sees every user's rows."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.called_names import calls_of
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import NOT_IN_TESTS, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, Function
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings

_NAMES: Final = (
    "cellwall.system_context",
    "cellwall.runtime.system.system_context",
    "cellwall.SystemContext",
    "cellwall.runtime.system.SystemContext",
)
_ROUTES: Final = frozenset(
    {"api_route", "delete", "get", "head", "options", "patch", "post", "put", "route", "websocket"}
)
_REQUESTS: Final = frozenset(
    {"HTTPConnection", "Request", "UserContext", "UserExecutionContext", "WebSocket"}
)
_CONTEXTS: Final = frozenset({"execution_context", "request_context", "user_context"})
_IMPORT: Final = "from cellwall import system_context\n\n\n"


@final
class SystemContextUse:
    """Work without a user, which sees every user's rows.

    What it does:
        Lists each `system_context(reason)` of application code with its reason, so that a human has seen each
        place that steps around the walls. It is an error where a user's request is at hand: in a function
        with a route's decorator, or with a parameter for the request or for a user's context. Uses in tests
        are no findings.

    Why it leaks:
        Sessions of a system context see and change the rows of all users. In a job or a migration that is
        meant; where a request reaches it, one user is answered with what belongs to all. Cellwall refuses it
        at runtime while a user's context is active, which code that runs before or beside the middleware has
        not.

    Example:
        @app.get("/invoices")
        async def invoices():
            async with system_context("all the invoices") as system:
                return await read_invoices(system)

    Use instead:
        @app.get("/invoices")
        async def invoices(context: UserContext):
            return await read_invoices(context)

    Fix safety:
        Nothing is repaired: whether work has no user is for a human to say. Where it has none, the line is
        allowed by `# cellwall: allow[system-context] why nobody's request comes here`.
    """

    name: ClassVar[str] = "system-context"
    code: ClassVar[str] = "CW430"
    family: ClassVar[Family] = Family.DATA
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(_IMPORT + 'def test_all():\n    with system_context("count all rows"):\n        pass\n'),
        Example(
            "from app.world import system_context\n\n\ndef tidy():\n    return system_context()\n",
            path="app/jobs.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            _IMPORT + "async def remove_old(manager):\n"
            '    async with system_context("nightly removal of old invoices") as system:\n'
            "        await manager.create_session(context=system)\n",
            path="app/jobs.py",
        ),
        Example(
            _IMPORT + "from app.web import app\n\n\n"
            '@app.get("/invoices")\nasync def invoices():\n'
            '    async with system_context("all the invoices") as system:\n        return system\n',
            path="app/routes.py",
        ),
        Example(
            "import cellwall\n\n\ndef answer(user_context):\n"
            '    return cellwall.system_context("read for everybody")\n',
            path="app/answers.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the two names that it is made by."""
        return NOT_IN_TESTS & Gate.any_of(b"system_context", b"SystemContext")

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each call outside of tests."""
        if module.is_test:
            return
        for call in calls_of(module, _NAMES):
            asker = _request_handler(module, call)
            message = f"work without a user sees every user's rows; its reason: {_reason(call)}"
            if asker is not None:
                message = f"{asker} serves a user's request and works without a user: take the user's context"
            severity = Severity.WARNING if asker is None else Severity.ERROR
            yield finding(self, module, call, message, severity=severity)


def _reason(call: ast.Call) -> str:
    given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "reason")]
    constant = given[0] if given else None
    if isinstance(constant, ast.Constant) and isinstance(constant.value, str) and constant.value.strip():
        return constant.value
    return "cannot be seen here"


def _request_handler(module: ModuleFacts, call: ast.Call) -> str | None:
    """Give the name of the innermost function around the call that serves a user's request."""
    for ancestor in module.nodes.ancestors(call):
        if isinstance(ancestor, FUNCTIONS) and (
            _is_route(ancestor) or any(_of_request(module, one) for one in _parameters(ancestor))
        ):
            return ancestor.name
    return None


def _is_route(function: Function) -> bool:
    for decorator in function.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(called, ast.Attribute) and called.attr in _ROUTES:
            return True
    return False


def _parameters(function: Function) -> list[ast.arg]:
    given = function.args
    return [*given.posonlyargs, *given.args, *given.kwonlyargs]


def _of_request(module: ModuleFacts, parameter: ast.arg) -> bool:
    origin = module.resolver.annotated(parameter.annotation)
    if origin is None:
        return parameter.arg in _CONTEXTS
    return origin.dotted.rpartition(".")[2] in _REQUESTS

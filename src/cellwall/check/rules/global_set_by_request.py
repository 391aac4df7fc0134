"""CW202: a global variable that a request sets to its own data."""

import ast
from collections.abc import Iterable
from typing import ClassVar, final

from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.first_caller import first_caller_only
from cellwall.check.gaps import before_name
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.own_nodes import own
from cellwall.check.request_data import from_request, request_data
from cellwall.check.request_reach import Reach, request_reach
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings


@final
class GlobalSetByRequest:
    """A global variable that a request sets to its own data.

    What it does:
        Finds `global name` in a function that requests reach, or that takes a user, a request or a
        token, where the name is then set to data of that request. A constant, and an object that is
        made once and without anything of the request, is no finding.

    Why it leaks:
        There is one variable for all users. A request that runs between the writing and the reading
        gets another user's value, and a request that only reads gets the last user's.

    Example:
        current_user = None

        def authenticate(request):
            global current_user
            current_user = load_user(request)

    Use instead:
        def authenticate(request) -> User:
            return load_user(request)

    Fix safety:
        Never repaired: every reader has to be given the value.
    """

    name: ClassVar[str] = "global-set-by-request"
    code: ClassVar[str] = "CW202"
    family: ClassVar[Family] = Family.STATE
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "client = None\n\n\ndef get_client(request):\n    global client\n    if client is None:\n"
            "        client = make()\n    return client\n",
            path="app/client.py",
        ),
        Example(
            "level = 0\n\n\ndef set_level(value):\n    global level\n    level = value\n", path="app/log.py"
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from fastapi import FastAPI\n\napp = FastAPI()\nlast = None\n\n\n"
            '@app.post("/ask")\nasync def ask(question: str):\n    global last\n    last = question\n',
            path="app/main.py",
        ),
        Example(
            "current = None\n\n\ndef authenticate(request):\n    global current\n"
            "    current = load(request)\n",
            path="app/auth.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the statement's word."""
        return IN_SERVICE & Gate.any_of(*before_name(b"global"))

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each assignment of a request's data to a global name."""
        for statement in module.of(ast.Global):
            function = module.function(statement)
            if function is None:
                continue
            reach = request_reach(module, function)
            if reach is Reach.NO:
                continue
            for assignment in own(module, function, ast.Assign):
                name = _global_target(assignment, statement.names)
                if not name or not from_request(module, function, assignment.value):
                    continue
                if reach is Reach.UNKNOWN and not request_data(module, function).names:
                    continue
                if first_caller_only(module, assignment, name):
                    continue
                message = f"the global `{name}` is set to data of one request, and all users read it"
                severity = None if reach is Reach.YES else Severity.INFO
                yield finding(self, module, assignment, message, severity=severity)


def _global_target(assignment: ast.Assign, names: list[str]) -> str:
    for target in assignment.targets:
        if isinstance(target, ast.Name) and target.id in names:
            return target.id
    return ""

"""CW203: an accessor that makes one global object out of the first caller's request."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.closer_look import CloserLook
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.first_caller import first_caller_only, left_before
from cellwall.check.gaps import GAP, before_name
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.own_class import is_own_class
from cellwall.check.own_nodes import own
from cellwall.check.pytest_facts import spelled
from cellwall.check.request_data import told_by
from cellwall.check.request_reach import Reach, request_reach
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings


@final
class LazyGlobalFirstCaller:
    """An accessor that makes one object for all callers out of the first caller's request.

    What it does:
        Finds `if name is None: name = make(user)` for a global name, where what is made depends on a
        parameter that tells of a user, a token or a request: `get_client(token)`, `get_agent(user)`. A
        parameter that is empty there, for callers with one have left before (`if token: return ...`),
        tells of nobody. The same for `cls._instance` of a singleton, and for what `__new__` or an
        accessor sets on the one instance (`cls._instance.user_id = user_id`).

    Why it leaks:
        The first caller decides. Every later user is given the object that was made with the first
        user's token, identity or connection.

    Example:
        _client = None

        def get_client(token):
            global _client
            if _client is None:
                _client = Client(token)
            return _client

    Use instead:
        def get_client(token):
            return Client(token)

    Fix safety:
        Never repaired: an object for each user may have to be closed by somebody.
    """

    name: ClassVar[str] = "lazy-global-first-caller"
    code: ClassVar[str] = "CW203"
    family: ClassVar[Family] = Family.STATE
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "_client = None\n\n\ndef get_client():\n    global _client\n    if _client is None:\n"
            "        _client = Client()\n    return _client\n",
            path="app/client.py",
        ),
        Example(
            "_clients = {}\n\n\ndef get_client(token):\n    if token not in _clients:\n"
            "        _clients[token] = Client(token)\n    return _clients[token]\n",
            path="app/client.py",
        ),
        Example(
            "_client = None\n\n\ndef get_client(token=None):\n    global _client\n    if token:\n"
            "        return Client(token)\n    if _client is None:\n        _client = Client(token)\n"
            "    return _client\n",
            path="app/client.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "_client = None\n\n\ndef get_client(token):\n    global _client\n    if _client is None:\n"
            "        _client = Client(token)\n    return _client\n",
            path="app/client.py",
        ),
        Example(
            "_agent = None\n\n\nasync def get_agent(user_id: str):\n    global _agent\n    if not _agent:\n"
            "        profile = await load(user_id)\n        _agent = Agent(profile)\n    return _agent\n",
            path="app/agents.py",
        ),
        Example(
            "class Agent:\n    _instance = None\n\n    @classmethod\n    def get_instance(cls, user_id):\n"
            "        if cls._instance is None:\n            cls._instance = cls(user_id)\n"
            "        return cls._instance\n",
            path="app/agent.py",
        ),
        Example(
            "class Session:\n    _instance = None\n\n    def __new__(cls, user_id):\n"
            "        if cls._instance is None:\n            cls._instance = super().__new__(cls)\n"
            "        cls._instance.user_id = user_id\n        return cls._instance\n",
            path="app/session.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the statement's word, and the names under which a class keeps its one object."""
        by_word = before_name(b"global")
        return (
            IN_SERVICE
            & Gate.any_of(*by_word, b"instance", b"singleton", b"shared")
            & Gate.any_of(*by_word, CloserLook((_ATTRIBUTE,), _keeps_instance))
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each global object that is made of what the first caller gave."""
        for statement in module.of(ast.Global):
            function = module.function(statement)
            if function is None or request_reach(module, function) is Reach.NO:
                continue
            for assignment in own(module, function, ast.Assign):
                for target in assignment.targets:
                    if isinstance(target, ast.Name) and target.id in statement.names:
                        if not first_caller_only(module, assignment, target.id):
                            continue
                        given = told_by(module, function, assignment.value)
                        if given and not given <= left_before(module, function, assignment):
                            message = (
                                f"`{target.id}` is made of what its first caller gave, and all users share it"
                            )
                            yield finding(self, module, assignment, message)
        yield from self._singletons(module)

    def _singletons(self, module: ModuleFacts) -> Iterable[Finding]:
        """Give a finding for each `cls._instance` that is made, or changed, by what one caller gave."""
        for assignment in module.of(ast.Assign):
            target = assignment.targets[0]
            function = module.function(assignment) if isinstance(target, ast.Attribute) else None
            if function is None or not isinstance(target, ast.Attribute):
                continue
            if not _is_instance_of_class(module, function, target):
                continue
            given = told_by(module, function, assignment.value)
            if given and not given <= left_before(module, function, assignment):
                what = spelled(target)
                message = f"`{what}` is made of what one caller gave, and all users share the one instance"
                yield finding(self, module, assignment, message)


_SINGLE: Final = r"_*(the_)?(instance|singleton|shared|default_instance)_*"
_INSTANCE: Final = deferred(f"^{_SINGLE}$")
_ATTRIBUTE: Final = deferred(rb"\." + GAP + _SINGLE.encode() + rb"\b")


def _keeps_instance(source: bytes) -> bool:
    """Tell whether an attribute goes by such a name, however it is laid out."""
    return b"class" in source and _ATTRIBUTE.search(source) is not None


def _is_instance_of_class(module: ModuleFacts, function: Function, target: ast.Attribute) -> bool:
    """Tell whether an assignment makes the one instance of a class, or sets something on it."""
    if request_reach(module, function) is Reach.NO:
        return False
    place = target
    if isinstance(target.value, ast.Attribute) and _INSTANCE.match(target.value.attr):
        place = target.value
    elif not _INSTANCE.match(target.attr):
        return False
    if not is_own_class(module, function, place.value):
        return False
    assignment = module.nodes.statement(target)
    return place is not target or (
        assignment is not None and first_caller_only(module, assignment, spelled(target))
    )

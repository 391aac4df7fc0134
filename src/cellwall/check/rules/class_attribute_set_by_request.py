"""CW210: an attribute of a class, which all its objects share, that is set to one request's data."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.class_attribute_gate import may_set_class_attribute
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, Function
from cellwall.check.own_class import is_own_class
from cellwall.check.request_data import from_request, is_kept_apart, tells_user
from cellwall.check.request_handlers import request_handlers
from cellwall.check.request_reach import Reach, request_reach
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings


@final
class ClassAttributeSetByRequest:
    """An attribute of a class, which all its objects share, that is set to one request's data.

    What it does:
        Finds `cls.name = ...`, `type(self).name = ...`, `State.name = ...` and `cls.name[key] = ...` for a
        class of the module, in a function that a request may reach, where what is written tells of the
        user, or comes from the request in a handler. A key that tells users apart is no finding.

    Why it leaks:
        There is one class. What is set for one user is there for the next one, whichever object it
        asks.

    Example:
        class State:
            current_user = None

        @app.get("/me")
        async def me(user_id: str):
            State.current_user = user_id
            return await load()

    Use instead:
        @app.get("/me")
        async def me(user_id: str):
            return await load(State(user_id))

    Fix safety:
        Never repaired: whoever reads it has to be given an object.
    """

    name: ClassVar[str] = "class-attribute-set-by-request"
    code: ClassVar[str] = "CW210"
    family: ClassVar[Family] = Family.STATE
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "class Store:\n    notes = {}\n\n    @classmethod\n    def keep(cls, user_id, note):\n"
            "        cls.notes[user_id] = (user_id, note)\n",
            path="app/store.py",
        ),
        Example(
            "class Limits:\n    most = 10\n\n    @classmethod\n    def change(cls, most):\n"
            "        cls.most = most\n",
            path="app/limits.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from fastapi import FastAPI\n\napp = FastAPI()\n\n\nclass State:\n    current_user = None\n\n\n"
            "@app.get('/me')\nasync def me(user_id: str):\n    State.current_user = user_id\n"
            "    return await load()\n",
            path="app/main.py",
        ),
        Example(
            "class Store:\n    last = {}\n\n    @classmethod\n    def keep(cls, user):\n"
            "        cls.last['user'] = user\n",
            path="app/store.py",
        ),
        Example(
            "class Service:\n    current_user = None\n\n    def begin(self, user):\n"
            "        type(self).current_user = user\n",
            path="app/service.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what sets an attribute of a class."""
        return IN_SERVICE & Gate.any_of(b"class") & Gate.any_of(may_set_class_attribute)

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each write."""
        if module.is_test or never_in_service(module.path):
            return
        classes = {cls.name: cls for cls in module.of(ast.ClassDef)}
        for assignment in module.of(ast.Assign) if classes else ():
            target = assignment.targets[0]
            function = module.function(assignment)
            place = target.value if isinstance(target, ast.Subscript) else target
            if function is None or not isinstance(place, ast.Attribute) or place.attr in _SINGLE:
                continue
            if not _is_class(module, function, place.value, classes) or function.name in _MAKING:
                continue
            if request_reach(module, function) is Reach.NO or is_kept_apart(module, function, target):
                continue
            if _SETTING.search(place.attr) and function not in request_handlers(module):
                continue
            if tells_user(module, function, assignment.value) or (
                function in request_handlers(module) and from_request(module, function, assignment.value)
            ):
                message = f"`{ast.unparse(target)}` is the class's: all requests share it"
                yield finding(self, module, target, message)


_SINGLE: Final = frozenset({"_instance", "__instance", "instance", "_singleton"})  # lazy-global-first-caller
_SETTING: Final = deferred(
    r"(^|_)(secret|salt|config|settings|(secret|signing|api)_key)$"
)  # the service's own
_MAKING: Final = frozenset({"__init_subclass__", "__set_name__", "configure", "setUpClass"})


def _is_class(
    module: ModuleFacts, function: Function, node: ast.expr, classes: dict[str, ast.ClassDef]
) -> bool:
    """Tell whether an expression is a class of the module: by its name, or as a method knows its own."""
    if isinstance(node, ast.Name) and node.id == "self":
        return False
    if is_own_class(module, function, node):
        return True
    cls = classes.get(node.id) if isinstance(node, ast.Name) else None
    return cls is not None and not any(
        isinstance(around, FUNCTIONS) for around in module.nodes.ancestors(cls)
    )

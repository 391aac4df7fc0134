"""CW205: a container of the class that its objects change through `self`."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.changed_state_gate import CHANGED_CONTAINER_OF_CLASS
from cellwall.check.class_lifetime import Lifetime, class_lifetime
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.function_shape import (
    parameter_names,
    self_name,
)
from cellwall.check.gaps import before_name
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.instances import base_names
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, walk
from cellwall.check.own_nodes import own
from cellwall.check.pytest_facts import spelled
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.check.shared_names import (
    Change,
    change_of,
    makes_container,
)


@final
class ClassAttributeChangedByInstances:
    """A container in a class body that objects change as if it were their own.

    What it does:
        Finds a list, dictionary or set in a class body which methods change through `self` with what
        they were given, while no method gives the object one of its own. Models, dataclasses and other
        classes whose body declares fields are no findings, nor are registries (by their name, or
        changed through `cls`).

    Why it leaks:
        There is one container for all objects of the class. What is put in for one user's object is
        there in every other user's.

    Example:
        class Conversation:
            messages = []

            def say(self, text):
                self.messages.append(text)

    Use instead:
        class Conversation:
            def __init__(self):
                self.messages = []

    Fix safety:
        Never repaired: a subclass or another file may rely on the shared one.
    """

    name: ClassVar[str] = "class-attribute-changed-by-instances"
    code: ClassVar[str] = "CW205"
    family: ClassVar[Family] = Family.STATE
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "class Conversation:\n    messages = []\n\n    def __init__(self):\n"
            "        self.messages = []\n\n"
            "    def say(self, text):\n        self.messages.append(text)\n",
            path="app/talk.py",
        ),
        Example(
            "class Plugin:\n    registry = {}\n\n    def register(self, name):\n"
            "        self.registry[name] = self\n",
            path="app/plugin.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "class Conversation:\n    messages = []\n\n    def say(self, text):\n"
            "        self.messages.append(text)\n",
            path="app/talk.py",
        ),
        Example(
            "class Agent:\n    def __init__(self, name):\n        self.name = name\n\n"
            "    memory: dict = {}\n\n"
            "    async def run(self, question):\n        self.memory['question'] = question\n",
            path="app/agent.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what stands in a class with methods."""
        return IN_SERVICE & Gate.any_of(*before_name(b"class")) & Gate.any_of(*CHANGED_CONTAINER_OF_CLASS)

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each such container, where it is changed first."""
        if module.is_test or never_in_service(module.path):
            return
        for cls in module.of(ast.ClassDef):
            shared = _containers(cls)
            if not shared or _declares_fields(module, cls):
                continue
            for change in _changes(module, cls, shared):
                if class_lifetime(module, cls).lifetime is Lifetime.SERVICE:
                    break  # one object: its attribute and the class's are the same thing
                message = f"`{change.name}` belongs to the class `{cls.name}`: all its objects share it"
                yield finding(self, module, change.node, message)
                shared.discard(change.name)
                if not shared:
                    break


_REGISTRY: Final = deferred(
    r"regist|cache|instances|plugins|handlers|hooks|known|seen|memo(?!r)|lock|pool|_map$|_reg$|^all_"
)
_PLAIN: Final = frozenset({"object", "ABC", "Generic", "abc.ABC"})


def _containers(cls: ast.ClassDef) -> set[str]:
    found = set()
    for statement in cls.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ) if makes_container(value) and not (name.isupper() or _REGISTRY.search(name)):
                annotation = getattr(statement, "annotation", None)
                if annotation is None or "ClassVar" not in ast.unparse(annotation):
                    found.add(name)
    return found


def _declares_fields(module: ModuleFacts, cls: ast.ClassDef) -> bool:
    if cls.decorator_list or cls.keywords:
        return True
    return any(
        not name.startswith((module.dotted + ".", "typing.", "abc.")) and name not in _PLAIN
        for name in base_names(module, cls)
    )


def _changes(module: ModuleFacts, cls: ast.ClassDef, shared: set[str]) -> list[Change]:
    """Give the changes through `self`; none of a name that any method gives the object for its own."""
    found: list[Change] = []
    for function in (f for f in cls.body if isinstance(f, FUNCTIONS)):
        own_self = self_name(module, function)
        if not own_self or own_self == "cls":
            continue
        for node in own(module, function, ast.Attribute):
            if node.attr not in shared or spelled(node.value) != own_self:
                continue
            if isinstance(node.ctx, ast.Store):
                shared.discard(node.attr)
                continue
            change = change_of(module, node, node.attr, function)
            if change is not None and _puts_in_given(change) and not _fills_once(module, change):
                found.append(change)
    return [change for change in found if change.name in shared]


def _fills_once(module: ModuleFacts, change: Change) -> bool:
    """Tell whether an item is put in where its key is missing, as a memo of what is the same for all."""
    if change.how != "[]" or change.key is None:
        return False
    return any(
        isinstance(asked.ops[0], ast.NotIn)
        and spelled(asked.comparators[0]).rpartition(".")[2] == change.name
        and ast.dump(asked.left) == ast.dump(change.key)
        for asked in own(module, change.function, ast.Compare)
    )


def _puts_in_given(change: Change) -> bool:
    given = set(parameter_names(change.function))
    return any(
        isinstance(node, ast.Name) and node.id in given for value in change.values for node in walk(value)
    )

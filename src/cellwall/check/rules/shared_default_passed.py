"""CW209: one list or dictionary of the module that many objects, or runs of a graph, are made with."""

import ast
from collections.abc import Iterable, Iterator
from typing import ClassVar, Final, final

from cellwall.check.decorators import decorators
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gaps import CLOSED
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.known_name import last_name
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.pytest_facts import spelled
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.check.shared_names import is_of_module, makes_container, module_containers


@final
class SharedDefaultPassed:
    """One list or dictionary of the module that many objects, or runs of a graph, are made with.

    What it does:
        Finds a container of the module given as it is, in a function, to a dataclass or attrs class of
        the module, to pydantic's `model_construct` (which copies nothing), to `graph.invoke` and its
        kind, or given back by a field's `default_factory`; and an object with containers of its own as
        the default of such a class's field. A copy is no finding. A name in capitals that does not
        speak of a default or a state is reported as info: it may be a constant.

    Why it leaks:
        Every object holds the same container. What is put into one user's is in everybody's.

    Example:
        DEFAULT_STATE = {"messages": []}

        def start(user_id):
            return State(user_id=user_id, data=DEFAULT_STATE)

    Use instead:
            return State(user_id=user_id, data=copy.deepcopy(DEFAULT_STATE))

    Fix safety:
        Never repaired: whether a copy of the outermost container is enough cannot be seen.
    """

    name: ClassVar[str] = "shared-default-passed"
    code: ClassVar[str] = "CW209"
    family: ClassVar[Family] = Family.STATE
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from copy import deepcopy\nfrom dataclasses import dataclass\n\n"
            "DEFAULT_STATE = {'messages': []}\n"
            "\n\n@dataclass\nclass State:\n    data: dict\n\n\ndef start():\n"
            "    return State(data=deepcopy(DEFAULT_STATE))\n",
            path="app/state.py",
        ),
        Example(
            "from dataclasses import dataclass\n\nKINDS = ['a', 'b']\n\n\n@dataclass\nclass Menu:\n"
            "    kinds: tuple\n\n\ndef menu():\n    return Menu(kinds=tuple(KINDS))\n",
            path="app/menu.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from dataclasses import dataclass\n\nDEFAULT_STATE = {'messages': []}\n\n\n"
            "@dataclass\nclass State:\n    data: dict\n\n\ndef start(user_id):\n"
            "    return State(data=DEFAULT_STATE)\n",
            path="app/state.py",
        ),
        Example(
            "from dataclasses import dataclass, field\n\nHISTORY = []\n\n\n@dataclass\nclass Agent:\n"
            "    history: list = field(default_factory=lambda: HISTORY)\n",
            path="app/agent.py",
        ),
        Example(
            "from langgraph.graph import StateGraph\n\nINITIAL = {'messages': []}\n"
            "graph = StateGraph(dict).compile()\n\n\nasync def chat(user_id):\n"
            "    return await graph.ainvoke(INITIAL)\n",
            path="app/chat.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the words of such classes, and of graphs."""
        return (
            IN_SERVICE
            & Gate.any_of(
                b"dataclass", b"attr", b"define", b"mutable", b"factory", b"model_construct", *_RUNS
            )
            & Gate.any_of(b"dataclass", b"attrs", b"model_construct", _KEEPING, _FACTORY, _RUN)
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each container that is handed on as it is."""
        if module.is_test or never_in_service(module.path):
            return
        kept = module_containers(module)
        for node in module.of(ast.Name) if kept else ():
            if node.id not in kept or not isinstance(node.ctx, ast.Load) or not is_of_module(module, node):
                continue
            if _is_factory(module, node):
                yield finding(self, module, node, f"every object is given `{node.id}` itself, not a new one")
            elif module.function(node) is not None and _is_given(module, node):
                message = f"`{node.id}` is the module's: whatever is made with it shares it"
                constant = node.id.isupper() and not _STATE.search(node.id)
                yield finding(self, module, node, message, severity=Severity.INFO if constant else None)
        for cls in module.fact(_keeping).values():
            for default in _default_objects(module, cls):
                message = f"this object is made once: every `{cls.name}` that is given none shares it"
                yield finding(self, module, default, message)


_STATE: Final = deferred(r"DEFAULT|INITIAL|EMPTY|STATE|HISTORY|MEMORY|MESSAGES|SESSION|CONTEXT|TEMPLATE")
_INVOKES: Final = frozenset({"invoke", "ainvoke", "stream", "astream", "batch", "abatch", "astream_events"})


_WORDS: Final = (b"dataclass", b"model_construct")
_RUNS: Final = tuple(sorted(name.encode() for name in _INVOKES))
_RUN: Final = deferred(rb"(?:" + b"|".join(_RUNS) + rb")" + CLOSED + rb"\(")
_KEEPING: Final = deferred(rb"(?:attr|define|mutable)\b")  # or any name that ends so
_FACTORY: Final = deferred(rb"factory" + CLOSED + rb"=(?!=)")


def _is_factory(module: ModuleFacts, node: ast.Name) -> bool:
    """Tell whether a container is what a field's `default_factory` gives."""
    around = module.nodes.parent(node)
    if not isinstance(around, ast.Lambda) or around.body is not node:
        return False
    keyword = module.nodes.parent(around)
    return isinstance(keyword, ast.keyword) and keyword.arg in ("default_factory", "factory")


def _is_given(module: ModuleFacts, node: ast.Name) -> bool:
    """Tell whether a container is an argument of a class that keeps it, or the state of a graph's run."""
    parent = module.nodes.parent(node)
    call = module.nodes.parent(parent) if isinstance(parent, ast.keyword) and parent.arg else parent
    if not isinstance(call, ast.Call) or call.func is node:
        return False
    if isinstance(call.func, ast.Attribute) and call.func.attr in _INVOKES:
        of_graph = b"langgraph" in module.source or "graph" in spelled(call.func.value).lower()
        return of_graph and bool(call.args) and call.args[0] is node
    if isinstance(call.func, ast.Attribute) and call.func.attr == "model_construct":
        return True
    return last_name(module, call.func) in module.fact(_keeping)


def _keeping(module: ModuleFacts) -> dict[str, ast.ClassDef]:
    """Give the module's classes whose objects keep what they are given: dataclasses and attrs' classes."""
    return {cls.name: cls for cls in module.of(ast.ClassDef) if _keeps(module, cls)}


def _keeps(module: ModuleFacts, cls: ast.ClassDef) -> bool:
    names = [name for d in decorators(module, cls) for name in d.names]
    return any(name.endswith(("dataclass", "attr.s", "attrs", "define", "mutable")) for name in names)


def _default_objects(module: ModuleFacts, cls: ast.ClassDef) -> Iterator[ast.expr]:
    """Give the defaults of fields that are one object with containers of its own."""
    for statement in cls.body:
        if isinstance(statement, ast.AnnAssign) and "ClassVar" not in ast.unparse(statement.annotation):
            made = _made(module, statement.value)
            if made is not None and made in module.fact(_with_containers):
                yield statement.value or statement.target


def _made(module: ModuleFacts, value: ast.expr | None) -> str | None:
    if isinstance(value, ast.Name):
        value = next((v for name, v in module.fact(_made_by_module) if name == value.id), None)
    return value.func.id if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) else None


def _made_by_module(module: ModuleFacts) -> list[tuple[str, ast.expr]]:
    return [
        (target.id, statement.value)
        for statement in module.tree.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    ]


def _with_containers(module: ModuleFacts) -> frozenset[str]:
    """Give the module's classes that give each object a container, and change it by a method."""
    found: set[str] = set()
    for assignment in module.of(ast.Assign):
        target = assignment.targets[0]
        if isinstance(target, ast.Attribute) and spelled(target.value) == "self":
            function = module.function(assignment)
            cls = module.nodes.owner(function) if function is not None else None
            if cls is not None and makes_container(assignment.value):
                found.add(cls.name)
    return frozenset(found)

"""Objects that the tests of one module share, at module level or on a class, and who changes them."""

import ast
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, Function
from cellwall.check.shared_reach import outermost

MAKERS: Final = frozenset(
    {"Counter", "OrderedDict", "bytearray", "defaultdict", "deque", "dict", "list", "set"}
)
_LITERALS: Final = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
CHANGING: Final = frozenset(
    {
        "add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem", "remove",
        "setdefault", "update",
    }
)  # fmt: skip
SET_UP: Final = frozenset(
    {
        "setUp", "asyncSetUp", "setUpClass", "setup_method", "setup_class", "setup",
        "tearDown", "asyncTearDown", "tearDownClass", "teardown_method", "teardown_class", "teardown",
        "setup_module", "teardown_module",
        "setup_function", "teardown_function",
    }
)  # fmt: skip


class State(NamedTuple):
    """One object that outlives a test.

    Attributes:
        name: as it is spelled where it is defined.
        statement: its definition.
        owner: the class that has it, None at module level.
        uses: every expression that stands for it.
        changes: those uses that change it, with the function in which that happens.
    """

    name: str
    statement: ast.Assign | ast.AnnAssign
    owner: ast.ClassDef | None
    uses: list[ast.expr]
    changes: list[tuple[Function, ast.expr]]


def states(module: ModuleFacts) -> Iterator[State]:
    """Give the module's and its test classes' state, with every use in the module."""
    rebound = {name for node in module.of(ast.Global) for name in node.names}
    for statement in module.tree.body:
        name = _defined(statement, rebound)
        if name and isinstance(statement, (ast.Assign, ast.AnnAssign)):
            yield _followed(
                module, State(name, statement, None, [], []), _uses_of_name(module, name, statement)
            )
    for cls in module.of(ast.ClassDef):
        if not any(module.pytest.is_collected(f) for f in cls.body if isinstance(f, FUNCTIONS)):
            continue
        for statement in cls.body:
            name = _defined(statement, frozenset())
            if name and isinstance(statement, (ast.Assign, ast.AnnAssign)):
                uses = _uses_of_attribute(module, cls, name)
                yield _followed(module, State(name, statement, cls, [], []), uses)


def is_set_up(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a function prepares or tidies up for every single test."""
    fixture = module.pytest.fixture_of(function)
    return fixture.scope == "function" if fixture is not None else function.name in SET_UP


def empties(module: ModuleFacts, use: ast.expr) -> bool:
    """Tell whether a use makes the object as it was: emptied or bound anew."""
    parent = module.nodes.parent(use)
    if isinstance(parent, ast.Attribute) and parent.attr == "clear":
        return True
    if not isinstance(parent, ast.Assign) or use not in parent.targets:
        return False
    return isinstance(parent.value, ast.Constant) or _is_mutable(parent.value)


def _defined(statement: ast.stmt, rebound: Collection[str]) -> str:
    """Give the name of an object that can change, or that a function binds anew; "" for anything else."""
    match statement:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
        ):
            return name if _is_mutable(value) or name in rebound else ""
        case _:
            return ""


def _is_mutable(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        function = value.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        return name in MAKERS
    return isinstance(value, _LITERALS)


def _uses_of_name(module: ModuleFacts, name: str, statement: ast.stmt) -> list[ast.expr]:
    found: list[ast.expr] = []
    for node in module.of(ast.Name):
        if node.id == name and module.nodes.statement(node) is not statement:
            bound = module.resolver.binding_candidates(name, node)
            if bound is not None and bound[0] is module.tree:
                found.append(node)
    return found


def _uses_of_attribute(module: ModuleFacts, cls: ast.ClassDef, name: str) -> list[ast.expr]:
    """Give the uses on self, cls or the class; none where instances get an attribute of their own."""
    found: list[ast.expr] = []
    for node in module.of(ast.Attribute):
        root = node.value.id if node.attr == name and isinstance(node.value, ast.Name) else ""
        if root in ("self", "cls", cls.name) and cls in module.nodes.ancestors(node):
            if root == "self" and not isinstance(node.ctx, ast.Load):
                return []
            found.append(node)
    return found


def _followed(module: ModuleFacts, state: State, uses: list[ast.expr]) -> State:
    state.uses.extend(uses)
    for use in uses:
        function = outermost(module, use)
        if function is not None and _changes(module, use, rebinds=state.owner is None):
            state.changes.append((function, use))
    return state


def _changes(module: ModuleFacts, use: ast.expr, *, rebinds: bool) -> bool:
    parent = module.nodes.parent(use)
    if not isinstance(getattr(use, "ctx", None), ast.Load):
        return rebinds
    if isinstance(parent, ast.Subscript) and parent.value is use:
        return not isinstance(parent.ctx, ast.Load)
    if isinstance(parent, ast.Attribute) and parent.attr in CHANGING:
        call = module.nodes.parent(parent)
        return isinstance(call, ast.Call) and call.func is parent
    return False

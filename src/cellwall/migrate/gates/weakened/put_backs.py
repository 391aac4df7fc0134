"""Assignments to an application's class that a set-up function now makes through `monkeypatch`.

The same value is set at the same step; only afterwards the former one comes back. So the module after a patch
is read as if the assignment still stood there. The other way round nothing is forgiven.
"""

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from typing import Final, final

from cellwall.check.name_places import mentions

_FIXTURE: Final = "monkeypatch"
_SET_UP: Final = "setup_method"
_MARK: Final = ast.dump(ast.parse("pytest.fixture(autouse=True)", mode="eval").body)
_SILENT: Final = ast.dump(ast.parse("f(raising=False)", mode="eval").body.keywords[0])  # type: ignore[attr-defined]

Function = ast.FunctionDef | ast.AsyncFunctionDef


def without_put_backs(before: ast.Module, after: ast.Module) -> ast.Module:
    """Give the module after a patch with the assignments of before; a copy where there are any."""
    places = mentions(after, _FIXTURE)
    if not places or any(not _is_pytests_own(place) for place in places):
        return after
    copied = copy.deepcopy(after)
    olds = dict(_functions(before))
    for id_, new in _functions(copied):
        old = olds.get(id_)
        if old is not None and _takes(new):
            _undo(old, new)
    return copied


def _undo(old: Function, new: Function) -> None:
    undone = _Undone(Counter(ast.dump(node) for node in ast.walk(old) if isinstance(node, ast.Assign)))
    new.body = [undone.visit(statement) for statement in new.body]
    if not undone.count:
        return
    if not _takes(old):
        new.args.args = [argument for argument in new.args.args if argument.arg != _FIXTURE]
    marks = [ast.dump(decorator) for decorator in new.decorator_list]
    if new.name == _SET_UP and not old.decorator_list and marks == [_MARK]:
        new.decorator_list = []


def _is_pytests_own(place: ast.AST) -> bool:
    return isinstance(place, ast.arg) or (isinstance(place, ast.Name) and isinstance(place.ctx, ast.Load))


def _takes(function: Function) -> bool:
    plain = function.args.args[: len(function.args.args) - len(function.args.defaults)]
    return any(argument.arg == _FIXTURE for argument in plain)


def _functions(tree: ast.AST, around: str = "") -> Iterator[tuple[str, Function]]:
    """Give the functions of a module and its classes by a name that says where they stand."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            yield f"{around}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{around}{node.name}::")


@final
class _Undone(ast.NodeTransformer):
    """Writes an assignment of before for each call that makes it now, as often as it stood there."""

    def __init__(self, assignments: Counter[str]) -> None:
        self.assignments = assignments
        self.count = 0

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self.assignments[ast.dump(node)] -= 1
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        made = _assignment(node.value)
        if made is None or self.assignments[ast.dump(made)] < 1:
            return node
        self.assignments[ast.dump(made)] -= 1
        self.count += 1
        return ast.copy_location(made, node)


def _assignment(call: ast.expr) -> ast.Assign | None:
    match call:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="monkeypatch"), attr="setattr"),
            args=[owner, ast.Constant(value=str(name)), value],
            keywords=[silent],
        ) if ast.dump(silent) == _SILENT:
            return ast.Assign([ast.Attribute(owner, name, ast.Store())], value)
    return None

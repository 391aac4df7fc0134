"""What a set-up function assigned to an application's class, or to a global, and now sets by `monkeypatch`.

The same value is set at the same step; only afterwards the former one comes back. So the module after a patch
is read as if the assignment still stood there, and as if the same reset still stood in `teardown_method`,
where what `setup_method` set is put back now. The other way round nothing is forgiven.
"""

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from typing import Final, final

from cellwall.check.name_places import mentions

_FIXTURE: Final = "monkeypatch"
_SET_UP: Final = "setup_method"
_TEAR_DOWN: Final = "teardown_method"
_MARK: Final = ast.dump(ast.parse("pytest.fixture(autouse=True)", mode="eval").body)
_SILENT: Final = ast.dump(ast.parse("f(raising=False)", mode="eval").body.keywords[0])  # type: ignore[attr-defined]

Function = ast.FunctionDef | ast.AsyncFunctionDef


def without_put_backs(before: ast.Module, after: ast.Module) -> ast.Module:
    """Give the module after a patch with the assignments of before; a copy where there are any."""
    places = mentions(after, _FIXTURE)
    if not places or any(not is_pytests_own(place) for place in places):
        return after
    if not all(isinstance(place, ast.Name) and is_pytests_own(place) for place in mentions(after, "globals")):
        return after  # somebody's own `globals`
    copied = copy.deepcopy(after)
    olds = dict(_functions(before))
    news = dict(_functions(copied))
    for id_, new in news.items():
        old = olds.get(id_)
        if old is None or not _takes(new):
            continue
        undone = _undo(old, new)
        if new.name == _SET_UP and undone and not new.decorator_list:
            tear_down = f"{id_.removesuffix(_SET_UP)}{_TEAR_DOWN}"
            _tear_down_again(copied, olds.get(tear_down), news.get(tear_down), new, undone)
    return copied


def _undo(old: Function, new: Function) -> Counter[str]:
    """Write the assignments of before into the function of after; give those that were written."""
    undone = _Undone(Counter(ast.dump(node) for node in ast.walk(old) if isinstance(node, ast.Assign)))
    new.body = [undone.visit(statement) for statement in new.body]
    if not undone.made:
        return undone.made
    said = [s for s in old.body if isinstance(s, ast.Global) and set(s.names) <= undone.names]
    for statement in said:
        new.body.insert(old.body.index(statement), copy.deepcopy(statement))
    if not _takes(old):
        new.args.args = [argument for argument in new.args.args if argument.arg != _FIXTURE]
    marks = [ast.dump(decorator) for decorator in new.decorator_list]
    if new.name == _SET_UP and not old.decorator_list and marks == [_MARK]:
        new.decorator_list = []
    return undone.made


def _tear_down_again(
    tree: ast.Module, old: Function | None, new: Function | None, set_up: Function, undone: Counter[str]
) -> None:
    """Put back into a class what its `teardown_method` reset once more, for what `setup_method` set."""
    again = [s for s in old.body if ast.dump(s) in undone] if old is not None else []
    if old is None or not again or len({ast.dump(s) for s in again}) != len(again):
        return
    if new is not None:
        there = {ast.dump(statement) for statement in new.body}
        for statement in again:
            if ast.dump(statement) not in there:
                new.body.insert(old.body.index(statement), copy.deepcopy(statement))
    elif all(s in again or _is_text(s) for s in old.body):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and set_up in node.body:
                node.body.append(copy.deepcopy(old))


def is_only_read(tree: ast.Module, name: str) -> bool:
    """Tell whether a module gives a name no other meaning than the one it has as a built-in."""
    places = [place for place in mentions(tree, name) if not isinstance(place, ast.Constant)]
    return all(isinstance(place, ast.Name) and isinstance(place.ctx, ast.Load) for place in places)


def is_pytests_own(place: ast.AST) -> bool:
    """Tell whether a mention of `monkeypatch` is the parameter by which pytest gives it, or a use."""
    return isinstance(place, ast.arg) or (isinstance(place, ast.Name) and isinstance(place.ctx, ast.Load))


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


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
        self.made: Counter[str] = Counter()
        self.names: set[str] = set()  # globals among them

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self.assignments[ast.dump(node)] -= 1
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        made = _assignment(node.value)
        if made is None or self.assignments[ast.dump(made)] < 1:
            return node
        self.assignments[ast.dump(made)] -= 1
        self.made[ast.dump(made)] += 1
        self.names |= {target.id for target in made.targets if isinstance(target, ast.Name)}
        return ast.copy_location(made, node)


def _assignment(call: ast.expr) -> ast.Assign | None:
    match call:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="monkeypatch"), attr="setattr"),
            args=[owner, ast.Constant(value=str(name)), value],
            keywords=[silent],
        ) if ast.dump(silent) == _SILENT:
            return ast.Assign([ast.Attribute(owner, name, ast.Store())], value)
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="monkeypatch"), attr="setitem"),
            args=[
                ast.Call(func=ast.Name(id="globals"), args=[], keywords=[]),
                ast.Constant(value=str(name)),
                value,
            ],
            keywords=[],
        ):
            return ast.Assign([ast.Name(name, ast.Store())], value)
    return None

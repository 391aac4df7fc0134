"""What binds a name in one namespace: imports, definitions, parameters, assignments. Nothing is evaluated."""

import ast
from collections.abc import Iterator
from enum import Enum, auto
from typing import Final, NamedTuple

from cellwall.check.node_index import COMPREHENSIONS, FUNCTIONS, SCOPES, children, walk


class Kind(Enum):
    """How a name came to be bound."""

    IMPORT = auto()
    CLASS = auto()
    FUNCTION = auto()
    PARAMETER = auto()
    VALUE = auto()  # `value` holds the expression
    CONTEXT = auto()  # `with value as name`
    OTHER = auto()  # loops, unpacking, exceptions, deletion


class Binding(NamedTuple):
    """One binding of `name`. `node` is where; `value` the expression; `target` an import's dotted name."""

    name: str
    kind: Kind
    node: ast.AST
    value: ast.expr | None = None
    target: str = ""
    annotation: ast.expr | None = None


class Namespace(NamedTuple):
    """The bindings of one scope, in source order per name."""

    names: dict[str, list[Binding]]
    nonlocals: frozenset[str]
    globals: frozenset[str]


_BLOCKS: Final = ("items", "cases", "body", "handlers", "orelse", "finalbody")
_WITH_BLOCKS: Final[tuple[type[ast.AST], ...]] = (
    ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Match, ast.ExceptHandler, ast.Try,
    ast.TryStar,
)  # fmt: skip
_BLOCKS_OF: Final = {
    kind: tuple(name for name in reversed(_BLOCKS) if name in kind._fields) for kind in _WITH_BLOCKS
}
_BINDING: Final = frozenset({
    ast.Import, ast.ImportFrom, ast.ClassDef, *FUNCTIONS, ast.Assign, ast.AnnAssign, ast.NamedExpr,
    ast.AugAssign, ast.For, ast.AsyncFor, ast.comprehension, ast.withitem, ast.ExceptHandler, ast.MatchAs,
    ast.MatchStar, ast.MatchMapping, ast.Delete,
})  # fmt: skip


def collect(scope: ast.AST, package: str, *, walrus: bool = True) -> Namespace:
    """Collect the bindings of a module, class, function, lambda or comprehension.

    `package` is the dotted package of the module, for relative imports. Without `walrus` expressions are not
    looked into, which is four times as fast: nothing but `:=` binds a name in one.
    """
    names: dict[str, list[Binding]] = {}
    outer: set[str] = set()
    module_level: set[str] = set()
    for binding in _parameters(scope):
        names.setdefault(binding.name, []).append(binding)
    for node in _own_nodes(scope) if walrus else _own_statements(scope):
        if isinstance(node, ast.Global):
            module_level.update(node.names)
        elif isinstance(node, ast.Nonlocal):
            outer.update(node.names)
        for binding in _bindings(node, package) if type(node) in _BINDING else ():
            names.setdefault(binding.name, []).append(binding)
    return Namespace(names, frozenset(outer), frozenset(module_level))


def _own_nodes(scope: ast.AST) -> list[ast.AST]:
    """Give the nodes that run in this scope, in source order, without entering inner scopes."""
    found: list[ast.AST] = []
    stack: list[ast.AST] = _roots(scope)[::-1]
    while stack:
        node = stack.pop()
        found.append(node)
        stack += (_outside_parts(node) if isinstance(node, SCOPES) else children(node))[::-1]
    return found


def _own_statements(scope: ast.AST) -> list[ast.AST]:
    """Give the statements and patterns that run in this scope, in source order."""
    found: list[ast.AST] = []
    stack: list[ast.AST] = _roots(scope)[::-1]
    while stack:
        node = stack.pop()
        found.append(node)
        blocks = _BLOCKS_OF.get(type(node))
        if blocks is not None:
            for name in blocks:
                stack += getattr(node, name)[::-1]
        elif isinstance(node, (ast.pattern, ast.match_case)):
            stack += children(node)[::-1]
    return found


def _roots(scope: ast.AST) -> list[ast.AST]:
    if isinstance(scope, ast.Lambda):
        return [scope.body]
    if isinstance(scope, COMPREHENSIONS):
        return children(scope)
    if isinstance(scope, (ast.Module, ast.ClassDef, *FUNCTIONS)):
        return list(scope.body)
    return []


def _outside_parts(node: ast.AST) -> list[ast.AST]:
    """Give the parts of an inner scope that are evaluated in the outer one."""
    if isinstance(node, FUNCTIONS):
        defaults = [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
        return [*node.decorator_list, *defaults]
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *node.keywords]
    if isinstance(node, COMPREHENSIONS):  # `:=` inside binds in the scope around
        return [child for child in walk(node) if isinstance(child, ast.NamedExpr)]
    return []


def _parameters(scope: ast.AST) -> Iterator[Binding]:
    if not isinstance(scope, (*FUNCTIONS, ast.Lambda)):
        return
    arguments = scope.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    for argument in every:
        yield Binding(argument.arg, Kind.PARAMETER, argument, annotation=argument.annotation)
    for starred in (arguments.vararg, arguments.kwarg):
        if starred is not None:
            yield Binding(starred.arg, Kind.OTHER, starred)


def _bindings(node: ast.AST, package: str) -> Iterator[Binding]:  # noqa: PLR0912 - one table
    match node:
        case ast.Import() | ast.ImportFrom():
            yield from imported_names(node, package)
        case ast.ClassDef():
            yield Binding(node.name, Kind.CLASS, node)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield Binding(node.name, Kind.FUNCTION, node)
        case ast.Assign():
            for target in node.targets:
                yield from _targets(target, node, node.value)
        case ast.AnnAssign():
            if isinstance(node.target, ast.Name):
                yield Binding(node.target.id, Kind.VALUE, node, node.value, annotation=node.annotation)
        case ast.NamedExpr():
            yield from _targets(node.target, node, node.value)
        case ast.AugAssign() | ast.For() | ast.AsyncFor() | ast.comprehension():
            yield from _targets(node.target, node, None)
        case ast.withitem() if node.optional_vars is not None:
            yield from _targets(node.optional_vars, node, node.context_expr, Kind.CONTEXT)
        case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar() if node.name:
            yield Binding(node.name, Kind.OTHER, node)
        case ast.MatchMapping() if node.rest:
            yield Binding(node.rest, Kind.OTHER, node)
        case ast.Delete():
            for target in node.targets:
                yield from _targets(target, node, None)


def _targets(
    target: ast.expr, node: ast.AST, value: ast.expr | None, kind: Kind = Kind.VALUE
) -> Iterator[Binding]:
    if isinstance(target, ast.Name):
        yield Binding(target.id, Kind.OTHER if value is None else kind, node, value)
    elif isinstance(target, (ast.Tuple, ast.List)):
        same_length = isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts)
        for position, element in enumerate(target.elts):
            part = value.elts[position] if same_length and isinstance(value, (ast.Tuple, ast.List)) else None
            yield from _targets(element, node, part, kind)
    elif isinstance(target, ast.Starred):
        yield from _targets(target.value, node, None)


def imported_names(node: ast.Import | ast.ImportFrom, package: str) -> Iterator[Binding]:
    """Give the names that an import statement binds, each with the dotted name it stands for."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            yield Binding(bound, Kind.IMPORT, node, target=alias.name if alias.asname else bound)
        return
    module = absolute_module(node, package)
    for alias in node.names:
        if alias.name != "*":
            yield Binding(alias.asname or alias.name, Kind.IMPORT, node, target=f"{module}.{alias.name}")


def absolute_module(node: ast.ImportFrom, package: str) -> str:
    """Give the dotted module that `from ... import` names, seen from `package`."""
    if not node.level:
        return node.module or ""
    parts = package.split(".") if package else []
    base = parts[: len(parts) - node.level + 1] if node.level > 1 else parts
    return ".".join([*base, *([node.module] if node.module else [])])

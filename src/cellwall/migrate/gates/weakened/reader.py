"""Reads a module's syntax tree into facts. Decides nothing and reads no file."""

import ast
import copy
from collections import defaultdict
from typing import final

from cellwall.check.parse import ParseError, parse
from cellwall.migrate.gates.weakened.canonical import Canonical, canonical, own_attribute, role_of
from cellwall.migrate.gates.weakened.facts import Guard, Kind, Line, ModuleFacts, Parameter, Unit
from cellwall.migrate.gates.weakened.fresh_settings import without_fresh_settings
from cellwall.migrate.gates.weakened.module_names import ModuleNames
from cellwall.migrate.gates.weakened.put_backs import without_put_backs
from cellwall.migrate.gates.weakened.role_patterns import RolePatterns

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def read_module(
    path: str, source: bytes, roles: RolePatterns, *, before: ModuleFacts | None = None
) -> ModuleFacts | ParseError:
    """Give the facts of a module, or why it does not parse here.

    A changed module is read beside the one `before`: what it puts back after a test is set as it was there.
    """
    parsed = parse(source)
    if isinstance(parsed, ParseError):
        return parsed
    tree = parsed.tree
    if before is not None and isinstance(before.module.node, ast.Module):
        tree = without_put_backs(before.module.node, without_fresh_settings(before.module.node, tree))
    names = ModuleNames(tree)
    reader = _Reader(parsed.utf8.decode("utf-8", "replace").splitlines(), roles, names)
    module = Unit("", Kind.MODULE, 1, tree, names=_names_in(tree))
    reader.block(tree.body, (), module)
    units: dict[str, list[Unit]] = defaultdict(list)
    for unit in (module, *reader.units):
        units[unit.id].append(unit)
    return ModuleFacts(
        path,
        {id_: tuple(found) for id_, found in units.items()},
        names.origins,
        module.names | frozenset(names.origins),
        frozenset(node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)),
        _strings(tree),
        "\n".join(line for line in map(str.strip, reader.source) if line.startswith("#")),
    )


def _strings(tree: ast.AST) -> frozenset[str]:
    """Give the strings that could be names, as in `usefixtures("cart")`."""
    return frozenset(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier()
    )


@final
class _Reader:
    def __init__(self, source: list[str], roles: RolePatterns, names: ModuleNames) -> None:
        self.source, self.roles, self.names = source, roles, names
        self.units: list[Unit] = []

    def block(self, body: list[ast.stmt], guards: tuple[Guard, ...], unit: Unit) -> None:
        for statement in body:
            self.statement(statement, guards, unit)

    def statement(self, node: ast.stmt, guards: tuple[Guard, ...], unit: Unit) -> None:
        match node:
            case ast.Import() | ast.ImportFrom() | ast.Pass():
                return
            case ast.Expr(value=ast.Constant(value=value)) if _says_nothing(value):
                return
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self.definition(node, guards, unit)
            case ast.If() | ast.While():
                header = self.header(node, guards, unit)
                self.block(node.body, (*guards, Guard(header, "")), unit)
                self.block(node.orelse, (*guards, Guard(header, "else")), unit)
            case ast.For() | ast.AsyncFor():
                header = self.header(_sync_for(node), guards, unit)
                self.block(node.body, (*guards, Guard(header, "")), unit)
                self.block(node.orelse, (*guards, Guard(header, "else")), unit)
            case ast.With() | ast.AsyncWith():
                self.with_(node, guards, unit)
            case ast.Try() | ast.TryStar():
                self.try_(node, guards, unit)
            case ast.Match():
                self.match(node, guards, unit)
            case _:
                self.simple(node, guards, unit)

    def form(self, node: ast.AST) -> Canonical:
        return canonical(node, self.roles, self.names)

    def line(self, node: ast.AST, original: ast.stmt, guards: tuple[Guard, ...], unit: Unit) -> Line:
        source = self.source[original.lineno - 1].strip() if original.lineno <= len(self.source) else ""
        line = Line(self.form(node), guards, original.lineno, source)
        unit.lines.append(line)
        return line

    def simple(self, node: ast.stmt, guards: tuple[Guard, ...], unit: Unit) -> None:
        if isinstance(node, ast.AnnAssign) and node.value and _is_plain(node) and unit.kind is not Kind.CLASS:
            plain = ast.Assign([node.target], node.value)
            node = ast.copy_location(plain, node)
        line = self.line(node, node, guards, unit)
        form = line.form.node
        binds: list[tuple[str, ast.AST]] = []
        if isinstance(form, ast.Assign):
            binds = [(name, form.value) for target in form.targets for name in _bound(target)]
        elif isinstance(form, ast.AugAssign | ast.AnnAssign):
            binds = [(name, form) for name in _bound(form.target)]
        binds += [
            (inner.target.id, inner.value) for inner in ast.walk(form) if isinstance(inner, ast.NamedExpr)
        ]
        value = form.value if isinstance(form, ast.Assign | ast.Expr) else None
        role = role_of(value)
        old = role != "" and all(found.old for found in line.form.matches)
        unit.lines[-1] = Line(line.form, guards, line.line, line.source, tuple(binds), role, old)

    def header(
        self,
        node: ast.If | ast.While | ast.For | ast.With | ast.Match | ast.Try | ast.TryStar,
        guards: tuple[Guard, ...],
        unit: Unit,
    ) -> ast.AST:
        bare = _emptied(node)
        line = self.line(bare, node, guards, unit)
        form = line.form.node
        binds: list[tuple[str, ast.AST]] = []
        if isinstance(form, ast.For):
            binds = [(name, ast.Starred(form.iter, ast.Load())) for name in _bound(form.target)]
        elif isinstance(form, ast.With):
            for item in form.items:
                binds += [(name, item.context_expr) for name in _bound(item.optional_vars)]
        unit.lines[-1] = Line(line.form, guards, line.line, line.source, tuple(binds), is_header=True)
        return form

    def with_(self, node: ast.With | ast.AsyncWith, guards: tuple[Guard, ...], unit: Unit) -> None:
        """What opens a role only keeps its value; everything else in the header guards the body."""
        others: list[ast.withitem] = []
        for item in node.items:
            role = role_of(self.form(item).node.context_expr)  # type: ignore[attr-defined]
            if not role:
                others.append(item)
                continue
            target = item.optional_vars or ast.Name("_", ast.Store())
            made: ast.expr = item.context_expr
            if isinstance(node, ast.AsyncWith) and not isinstance(made, ast.Await):
                made = ast.Await(made)
            assign = ast.Assign([copy.deepcopy(target)], made)
            self.simple(ast.copy_location(assign, node), guards, unit)
        if others:
            header = ast.copy_location(ast.With(others, node.body), node)
            guards = (*guards, Guard(self.header(header, guards, unit), ""))
        self.block(node.body, guards, unit)

    def try_(self, node: ast.Try | ast.TryStar, guards: tuple[Guard, ...], unit: Unit) -> None:
        if not node.handlers:  # only `finally`: the body runs as it would without
            self.block(node.body, guards, unit)
            self.block(node.finalbody, (*guards, Guard(ast.Try([], [], [], []), "finally")), unit)
            return
        header = self.header(node, guards, unit)
        self.block(node.body, (*guards, Guard(header, "try")), unit)
        for number, handler in enumerate(node.handlers):
            self.block(handler.body, (*guards, Guard(header, f"except {number}")), unit)
        self.block(node.orelse, (*guards, Guard(header, "else")), unit)
        self.block(node.finalbody, (*guards, Guard(header, "finally")), unit)

    def match(self, node: ast.Match, guards: tuple[Guard, ...], unit: Unit) -> None:
        header = self.header(node, guards, unit)
        for case in node.cases:
            self.block(case.body, (*guards, Guard(header, ast.unparse(case.pattern))), unit)

    def definition(self, node: _Function | ast.ClassDef, guards: tuple[Guard, ...], unit: Unit) -> None:
        if unit.kind not in (Kind.MODULE, Kind.CLASS):  # where it stands matters: it is a line of its parent
            stub = ast.Expr(ast.Name(f"def {node.name}", ast.Load()))
            line = self.line(ast.copy_location(stub, node), node, guards, unit)
            own = ((node.name, line.form.node),)
            unit.lines[-1] = Line(line.form, guards, line.line, line.source, own)
        child = self.unit(node, guards, unit)
        self.units.append(child)
        self.block(node.body, (), child)

    def unit(self, node: _Function | ast.ClassDef, guards: tuple[Guard, ...], parent: Unit) -> Unit:
        inside = parent.kind not in (Kind.MODULE, Kind.CLASS)
        joint = ".<locals>." if inside else "::" if parent.id else ""
        decorators = tuple(ast.unparse(self.form(one).node) for one in node.decorator_list)
        name = f"{parent.id}{joint}{node.name}"
        if isinstance(node, ast.ClassDef):
            bases = (*node.bases, *(keyword.value for keyword in node.keywords))
            texts = tuple(ast.unparse(self.form(base).node) for base in bases)
            made = Unit(name, Kind.CLASS, node.lineno, node, bases=texts)
        else:
            made = Unit(name, _kind(node.name, decorators, inside), node.lineno, node)
            made.is_async = isinstance(node, ast.AsyncFunctionDef)
            made.parameters = tuple(self.parameters(node.args))
            made.yields = any(isinstance(inner, ast.Yield | ast.YieldFrom) for inner in _own_nodes(node))
        made.decorators, made.guards, made.names = decorators, guards, _names_in(node)
        return made

    def parameters(self, arguments: ast.arguments) -> list[Parameter]:
        positional = [*arguments.posonlyargs, *arguments.args]
        missing: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
        pairs = list(zip(positional, [*missing, *arguments.defaults], strict=True))
        pairs += list(zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True))
        found = [
            Parameter(arg.arg, ast.unparse(self.form(default).node) if default else "")
            for arg, default in pairs
        ]
        found += [Parameter("*" + arguments.vararg.arg)] if arguments.vararg else []
        return found + ([Parameter("**" + arguments.kwarg.arg)] if arguments.kwarg else [])


def _kind(name: str, decorators: tuple[str, ...], inside: bool) -> Kind:
    if any("fixture" in decorator.partition("(")[0] for decorator in decorators):
        return Kind.FIXTURE
    if inside:
        return Kind.FUNCTION
    if name.startswith("pytest_"):
        return Kind.HOOK
    return Kind.TEST if name.startswith("test") else Kind.FUNCTION


def _is_plain(node: ast.AnnAssign) -> bool:
    """Tell whether an annotation only describes; at module level a call inside it would be made."""
    return not any(isinstance(n, ast.Call) for n in ast.walk(node.annotation))


def _says_nothing(value: object) -> bool:
    """Tell whether a constant standing alone is a docstring or `...`; one with doctests is a test."""
    return value is ... or (isinstance(value, str) and ">>>" not in value)


def _sync_for(node: ast.For | ast.AsyncFor) -> ast.For:
    plain = ast.For(node.target, node.iter, node.body, node.orelse)
    return ast.copy_location(plain, node)


def _emptied(node: ast.stmt) -> ast.stmt:
    """Give the header alone: the same statement with nothing in its branches."""
    bare = copy.copy(node)
    for branch in ("body", "orelse", "finalbody"):
        if getattr(bare, branch, None):
            setattr(bare, branch, [ast.Pass()])
    if isinstance(bare, ast.Try | ast.TryStar):
        bare.handlers = [
            ast.ExceptHandler(handler.type, handler.name, [ast.Pass()]) for handler in bare.handlers
        ]
    if isinstance(bare, ast.Match):
        bare.cases = [ast.match_case(case.pattern, case.guard, [ast.Pass()]) for case in bare.cases]
    return bare


def _bound(target: ast.expr | None) -> list[str]:
    """Give the names that a target binds; other targets (x.y, x[y]) give their root with a mark."""
    match target:
        case None:
            return []
        case ast.Name():
            return [target.id]
        case ast.Tuple() | ast.List():
            return [name for element in target.elts for name in _bound(element)]
        case ast.Starred():
            return _bound(target.value)
    own = own_attribute(target)
    return [own] if own else [ast.unparse(target)]


def _own_nodes(node: _Function) -> list[ast.AST]:
    """Give the nodes of a function without those of functions inside it."""
    found: list[ast.AST] = []
    pending: list[ast.AST] = list(node.body)
    while pending:
        inner = pending.pop()
        found.append(inner)
        if not isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            pending += ast.iter_child_nodes(inner)
    return found


def _names_in(node: ast.AST) -> frozenset[str]:
    """Give every identifier in a tree; attributes of self as "self.x"."""
    found: set[str] = set()
    for inner in ast.walk(node):
        match inner:
            case ast.Name():
                found.add(inner.id)
            case ast.Attribute():
                if own := own_attribute(inner):
                    found.add(own)
            case ast.arg():
                found.add(inner.arg)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.add(inner.name)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                found.add(name)
            case ast.Global() | ast.Nonlocal():
                found.update(inner.names)
    return frozenset(found)

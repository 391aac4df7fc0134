"""What to do with a fixture that opens one session for many tests: one per test, or a reason."""

import ast
from collections.abc import Mapping
from typing import Final, NamedTuple

from cellwall.check.async_caller import async_caller
from cellwall.check.context_supply import ContextSupply, supply_context
from cellwall.check.edit import Edit, Fix, Safety
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function, walk
from cellwall.check.pytest_facts import Fixture
from cellwall.check.reason import Reason
from cellwall.check.replacement import may_edit
from cellwall.check.role_expression import placeholders, role_expression
from cellwall.check.rule import Refusal, RuleContext
from cellwall.check.session_holder import CLOSING
from cellwall.check.session_members import awaited_members, opened_by
from cellwall.check.value_uses import users_of_fixture
from cellwall.check.with_block import indent_from, remove_statements, without_removed
from cellwall.project.roles import Role

PATTERN: Final = "request-scoped session"


class _Shape(NamedTuple):
    """A fixture that opens a session in `opening`, gives it out in `giving`, and closes it in `closings`."""

    name: str
    opening: ast.stmt
    giving: ast.stmt
    closings: tuple[ast.stmt, ...]


def session_fixture_repair(
    module: ModuleFacts, call: ast.Call, fixture: Fixture, role: Role, context: RuleContext
) -> Fix | Refusal:
    """Give the repair of a wide-scoped fixture: `with` around its `yield`, in the scope of one test."""
    function = fixture.function
    users = {user: _loads(user, fixture.name) for user in users_of_fixture(module, fixture.name)}
    words = opened_by(role)
    obstacle = may_edit(module, call, context) or _obstacle(module, call, fixture, context, words)
    if obstacle is not None:
        return obstacle
    shape, scope = _shape(module, call, function), _without_scope(module, function)
    if shape is None or scope is None:
        return Refusal(Reason.UNKNOWN_SHAPE, f"`{function.name}` does more than open a session and close it")
    supply = supply_context(module, call, context) if "context" in placeholders(role) else ContextSupply("")
    if isinstance(supply, Refusal):
        return supply
    opened = role_expression(module, call, role, {"context": supply.expression})
    if isinstance(opened, Refusal):
        return opened
    awaiting = _awaiting(module, users, role, context)
    if isinstance(awaiting, Refusal):
        return awaiting
    header = f"{words} {opened.text} as {shape.name}:"
    body = _body(module, function, shape, header)
    if body is None:
        return Refusal(Reason.UNKNOWN_SHAPE, f"`{function.name}` has no lines of its own")
    at = module.lines.offset(function.lineno, function.col_offset)
    stays = words == "with" or isinstance(function, ast.AsyncFunctionDef)
    made_async = [] if stays else [Edit(at, at, b"async ")]
    edits = (*supply.edits, *awaiting.edits, *body, scope, *made_async)
    imports = (*supply.imports, *opened.imports, *awaiting.imports)
    return Fix(tuple(dict.fromkeys(edits)), Safety.SAFE, tuple(dict.fromkeys(imports)), PATTERN)


def _obstacle(
    module: ModuleFacts, call: ast.Call, fixture: Fixture, context: RuleContext, words: str
) -> Refusal | None:
    function = fixture.function
    if call.args or call.keywords:
        return Refusal(Reason.ARGUMENTS, module.text(call))
    if module.path.endswith("conftest.py") or not any(
        module.pytest.is_collected(test) for test in module.nodes.functions()
    ):
        return Refusal(Reason.ESCAPES, "tests of other files use this fixture")
    for other in users_of_fixture(module, fixture.name):
        asking = module.pytest.fixture_of(other)
        if asking is not None and asking.scope != "function":
            return Refusal(Reason.ESCAPES, f"the fixture `{asking.name}` of scope {asking.scope} asks for it")
    spelled = {ast.unparse(d.func if isinstance(d, ast.Call) else d) for d in function.decorator_list}
    runs_async = context.settings.async_tests or any("pytest_asyncio" in name for name in spelled)
    if words != "with" and isinstance(function, ast.FunctionDef) and not runs_async:
        return Refusal(Reason.SYNC_CALLER, "the project's pytest does not run async fixtures")
    return None


def _shape(module: ModuleFacts, call: ast.Call, function: Function) -> _Shape | None:
    """Recognise `return S`, `yield S`, and `s = S` ... `yield s` ... `s.close()`."""
    body = [s for s in function.body if not _is_docstring(s)]
    opening = module.nodes.statement(call)
    if opening is None or not body or opening is not body[0]:
        return None
    if _given(opening) is not None:
        return _Shape("session", opening, opening, ()) if len(body) == 1 else None
    if not isinstance(opening, ast.Assign) or not isinstance(opening.targets[0], ast.Name):
        return None
    name = opening.targets[0].id
    inner = [node for s in body[1:] for node in walk(s) if isinstance(node, ast.stmt)]
    giving = [s for s in inner if _given(s) is not None]
    closings = tuple(s for s in inner if _closes(s, name))
    given = _given(giving[0]) if len(giving) == 1 else None
    rebound = any(
        isinstance(n, ast.Name) and n.id == name and not isinstance(n.ctx, ast.Load)
        for s in body[1:]
        for n in walk(s)
    )
    fits = isinstance(given, ast.Name) and given.id == name and not rebound and len(opening.targets) == 1
    return _Shape(name, opening, giving[0], closings) if fits else None


def _given(statement: ast.stmt) -> ast.expr | None:
    """Give what a statement returns or yields."""
    if isinstance(statement, ast.Return):
        return statement.value
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Yield):
        return statement.value.value
    return None


def _closes(statement: ast.stmt, name: str) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    call = value.value if isinstance(value, ast.Await) else value
    return isinstance(call, ast.Call) and ast.unparse(call.func) in {f"{name}.{method}" for method in CLOSING}


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _body(module: ModuleFacts, function: Function, shape: _Shape, header: str) -> tuple[Edit, ...] | None:
    """Turn the opening into the `with` line, move the rest below it, and give by `yield`."""
    start, end = module.span(shape.opening)
    if shape.opening is shape.giving:
        line = module.lines.line_of(start)
        indent = module.source[module.lines.starts[line - 1] : start]
        if indent.strip():
            return None
        inner = module.lines.newline + indent + b"    "
        return (Edit(start, end, header.encode() + inner + f"yield {shape.name}".encode()),)
    following = function.body[function.body.index(shape.opening) + 1]
    moved = indent_from(module, function, following)
    removed = remove_statements(module, shape.closings)
    if moved is None or removed is None:
        return None
    giving = module.span(shape.giving)[0]
    by_yield = [Edit(giving, giving + 6, b"yield")] if isinstance(shape.giving, ast.Return) else []
    return (Edit(start, end, header.encode()), *without_removed(moved, removed), *by_yield)


def _without_scope(module: ModuleFacts, function: Function) -> Edit | None:
    """Take `scope=...` out of the fixture's decorator."""
    for decorator in function.decorator_list:
        if not isinstance(decorator, ast.Call) or decorator.args:
            continue
        names = [keyword.arg for keyword in decorator.keywords]
        if any(k.arg == "scope" and not isinstance(k.value, ast.Constant) for k in decorator.keywords):
            return None
        if "scope" in names and "loop_scope" not in names and "autouse" not in names:
            others = [module.text(k.value) for k in decorator.keywords if k.arg != "scope"]
            rest = ", ".join(
                f"{n}={t}" for n, t in zip([n for n in names if n != "scope"], others, strict=True)
            )
            start, end = module.span(decorator.func)[1], module.span(decorator)[1]
            return Edit(start, end, f"({rest})".encode() if rest else b"")
    return None


def _loads(function: Function, name: str) -> list[ast.expr]:
    """Give the places in a function that read the variable `name`."""
    return [
        n for n in walk(function) if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)
    ]


def _awaiting(
    module: ModuleFacts, users: Mapping[Function, list[ast.expr]], role: Role, context: RuleContext
) -> Fix | Refusal:
    """Check what the tests do with the session, and let them await what must be."""
    edits: list[Edit] = []
    imports: list[str] = []
    for function, loads in users.items():
        awaited = awaited_members(module, function, loads, role)
        if isinstance(awaited, Refusal):
            return awaited
        if awaited:
            caller = async_caller(module, function.body[0], context)
            if isinstance(caller, Refusal):
                return caller
            edits += [*caller.edits, *awaited]
            imports += caller.imports
    return Fix(tuple(edits), Safety.SAFE, tuple(imports))

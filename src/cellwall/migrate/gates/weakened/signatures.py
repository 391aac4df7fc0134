"""What stands around a test's lines: decorators, parameters, bases, and whether it can run as written."""

import ast
import re
from collections import Counter
from collections.abc import Container, Iterator
from typing import Final

from cellwall.migrate.gates.weakened.additions import ASYNC_MARK
from cellwall.migrate.gates.weakened.facts import Kind, ModuleFacts, Unit

_FIXTURE: Final = re.compile(r"^(pytest|pytest_asyncio|anyio)\.fixture")
# Decorators known to keep a coroutine function one; another one may swallow it unawaited.
_KEEPS_COROUTINE: Final = re.compile(
    r"^(pytest\.mark\.|pytest_asyncio\.|(unittest\.)?(mock\.)?patch\b|given\b|settings\b|example\b|"
    r"hypothesis\.|staticmethod$|classmethod$|freeze_time\b)"
)
_SETUP: Final = re.compile(
    r"^(setup|teardown)(_(method|class|module|function))?$|^(setUp|tearDown)(Class|Module)?$"
)

Problem = tuple[str, str, str]  # what, before, after


def compare_signatures(
    before: Unit, after: Unit, new_fixtures: frozenset[str], known: frozenset[str]
) -> Iterator[Problem]:
    """Give what is weaker in a unit's signature.

    `new_fixtures` are fixtures that the patch adds, `known` old names that now are a role's local.
    """
    yield from _decorators(before, after)
    yield from _parameters(before, after, new_fixtures, known)
    for annotation in sorted(_busy_annotations(after) - _busy_annotations(before)):
        yield "an annotation that does something", "", annotation
    if before.bases != after.bases:
        yield "base classes changed", ", ".join(before.bases), ", ".join(after.bases)
    if (before.kind is Kind.CLASS) != (after.kind is Kind.CLASS):
        yield "class and function swapped", before.name, after.name
    elif before.yields != after.yields and after.kind is not Kind.FIXTURE:
        yield "a function became a generator, or no longer is one", before.name, after.name


def _busy_annotations(unit: Unit) -> set[str]:
    """Give the annotations of a signature that call something: they are evaluated with the definition."""
    if not isinstance(unit.node, ast.FunctionDef | ast.AsyncFunctionDef):
        return set()
    arguments = [node for node in ast.walk(unit.node.args) if isinstance(node, ast.arg)]
    annotations = [unit.node.returns, *(argument.annotation for argument in arguments)]
    return {
        ast.unparse(one)
        for one in annotations
        if one is not None and any(isinstance(inner, ast.Call | ast.NamedExpr) for inner in ast.walk(one))
    }


def _decorators(before: Unit, after: Unit) -> Iterator[Problem]:
    new = Counter(_plain(one) for one in after.decorators)
    old = Counter(_plain(one) for one in before.decorators)
    if before.kind is after.kind is Kind.FIXTURE:
        old = Counter(one if one in new else _narrowed(one, new) for one in old.elements())
    gone, added = list((old - new).elements()), list((new - old).elements())
    for decorator in gone:
        yield _word("removed", decorator), f"@{decorator}", _nearest(decorator, added)
    if not gone:
        for decorator in added:
            if not ASYNC_MARK.match(decorator):
                yield _word("added", decorator), "", f"@{decorator}"


def _narrowed(decorator: str, new: Container[str]) -> str:
    """Give a fixture's decorator without its scope where that is what it became: made anew for each test."""
    call = ast.parse(decorator, mode="eval").body
    if isinstance(call, ast.Call) and not any(keyword.arg in ("autouse", None) for keyword in call.keywords):
        call.keywords = [keyword for keyword in call.keywords if keyword.arg != "scope"]
    narrowed = _plain(ast.unparse(call))
    return narrowed if narrowed in new else decorator


def _plain(decorator: str) -> str:
    """Give one spelling for the fixtures of pytest and of its asyncio plugins."""
    plain = _FIXTURE.sub("pytest.fixture", decorator)
    return plain.removesuffix("()")


def _word(what: str, decorator: str) -> str:
    for word in ("parametrize", "skip", "xfail", "usefixtures", "flaky", "timeout", "patch"):
        if word in decorator:
            return f"{word} {what}"
    return f"decorator {what}"


def _nearest(decorator: str, added: list[str]) -> str:
    head = decorator.partition("(")[0]
    return next(
        (f"@{one}" for one in added if one.partition("(")[0] == head), f"@{added[0]}" if added else ""
    )


def _parameters(
    before: Unit, after: Unit, new_fixtures: frozenset[str], known: frozenset[str]
) -> Iterator[Problem]:
    old, new = list(before.parameters), list(after.parameters)
    rest = iter(new)
    for parameter in old:
        if parameter not in rest and parameter.name not in known:
            text = parameter.name + (f"={parameter.default}" if parameter.default else "")
            yield "parameter removed or changed", text, ", ".join(one.name for one in new)
            return
    for parameter in new:
        if parameter in old or (parameter.name == "self" and not old):
            continue
        if parameter.name != "user_context" and parameter.name not in new_fixtures:
            yield "parameter added that is no context", "", parameter.name


def can_run(before: Unit, after: Unit, module: ModuleFacts, async_tests: bool) -> Iterator[Problem]:
    """Give why a unit that became a coroutine function would not run."""
    if before.is_async or not after.is_async:
        return
    old, new = f"def {before.name}", f"async def {after.name}"
    if after.kind is Kind.HOOK or _SETUP.match(after.name):
        yield "nobody awaits this function", old, new
    elif after.kind is Kind.TEST:
        if _in_sync_test_case(after, module):
            yield "unittest.TestCase never awaits its tests", old, new
        elif not async_tests and not _is_marked(after, module):
            yield "the project does not run async tests without a marker", old, new
        for decorator in after.decorators:
            if not _KEEPS_COROUTINE.match(decorator):
                yield "a decorator stands between the runner and the coroutine", old, f"@{decorator} {new}"
    elif (
        after.kind is Kind.FIXTURE
        and not async_tests
        and not any(one.startswith("pytest_asyncio.") for one in after.decorators)
    ):
        yield "the project does not run async fixtures without a marker", old, new


def _is_marked(unit: Unit, module: ModuleFacts) -> bool:
    marks = list(unit.decorators)
    parent = unit.parent
    while parent in module.units and parent:
        marks += module.units[parent][-1].decorators
        marks += _pytestmarks(module.units[parent][-1])
        parent = module.units[parent][-1].parent
    marks += _pytestmarks(module.module)
    return any(mark.startswith(("pytest.mark.asyncio", "pytest.mark.anyio")) for mark in marks)


def _pytestmarks(unit: Unit) -> list[str]:
    values = [value for line in unit.lines for name, value in line.binds if name == "pytestmark"]
    return [
        ast.unparse(mark)
        for value in values
        for mark in (value.elts if isinstance(value, ast.List | ast.Tuple) else [value])
    ]


def _in_sync_test_case(unit: Unit, module: ModuleFacts) -> bool:
    pending, seen = [unit.parent], {""}
    while pending:
        for parent in module.units.get(pending.pop(), ()):
            for base in parent.bases:
                last = base.rpartition(".")[2]
                if last.endswith("TestCase"):
                    return not last.startswith(("Isolated", "Async"))
                if last in module.units and last not in seen:
                    seen.add(last)
                    pending.append(last)
    return False

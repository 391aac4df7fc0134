"""Which calls of a test do something, and which hold it against what is expected: as far as names tell."""

import ast
from collections.abc import Iterator
from typing import Final

from cellwall.check.asserted_values import called_name, is_asserting
from cellwall.check.deferred_pattern import deferred
from cellwall.check.node_index import children, walk

_CHECKING: Final = deferred(
    r"^_*(assert|expect|check|verify|should|must|ensure|validate|compare|fail)|_assert|Assert|[eE]quals?$"
)
_EXPECTED: Final = deferred(r"^_*(expect|want|golden|reference)")
_CHECKS: Final = (ast.Assert, ast.Compare, ast.ClassDef)
_INNER: Final = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp,
    ast.GeneratorExp, ast.JoinedStr,
)  # fmt: skip


def checking_functions(tree: ast.AST) -> frozenset[str]:
    """Give the names of a module's functions that assert something, directly or by what they call."""
    functions = [n for n in walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    found: set[str] = set()
    for _ in functions:
        more = {f.name for f in functions if any(_asserts(node, found) for node in walk(f))}
        if more == found:
            break
        found = more
    return frozenset(found)


def _asserts(node: ast.AST, checking: set[str]) -> bool:
    return isinstance(node, ast.Assert) or (isinstance(node, ast.Call) and is_checking(node, checking))


def is_checking(call: ast.Call, checking: set[str] | frozenset[str] = frozenset()) -> bool:
    """Tell whether a call fails a test by itself, as far as names tell."""
    name = called_name(call.func)
    return is_asserting(call, checking) or _CHECKING.search(name) is not None or name in ("xfail", "skip")


def own_places(
    node: ast.AST, name: str, checking: frozenset[str], *, inside: bool = False
) -> Iterator[ast.Call]:
    """Give the calls of a statement that get the context `name`, check nothing and build no expected value.

    Those in inner functions, lambdas, comprehensions and f-strings only when told so.
    """
    pending: list[ast.AST] = [node]
    while pending:
        inner = pending.pop()
        apart = isinstance(inner, _INNER) and not inside
        if apart or isinstance(inner, _CHECKS) or _keeps_expected(inner) or is_checked_block(inner):
            continue
        if isinstance(inner, ast.Call):
            if builds(inner) or is_checking(inner, checking):
                continue
            values = (*inner.args, *(keyword.value for keyword in inner.keywords))
            if any(isinstance(value, ast.Name) and value.id == name for value in values):
                yield inner
        pending += children(inner)


def _keeps_expected(node: ast.AST) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    names = {n.id for t in targets if t is not None for n in walk(t) if isinstance(n, ast.Name)}
    is_binding = isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr)
    return is_binding and any(_EXPECTED.search(name) for name in names)


def builds(call: ast.Call) -> bool:
    """Tell whether a call makes an object of a class: it may be the value that is expected."""
    return called_name(call.func)[:1].isupper() or called_name(call.func) in ("dict", "replace")


def is_checked_block(node: ast.AST) -> bool:
    """Tell whether a `with` statement expects something of what stands in it, as `pytest.raises` does."""
    if not isinstance(node, ast.With | ast.AsyncWith):
        return False
    calls = [inner for item in node.items for inner in walk(item) if isinstance(inner, ast.Call)]
    return any(is_checking(call) for call in calls)

"""Makes coroutine tests runnable: plain functions where nothing is awaited, marked where pytest wants it."""

import ast
from collections.abc import Iterator

from cellwall.migrate.new_tests.spelling import UnspellableError
from cellwall.project.config import ProjectConfig

MARK = "@pytest.mark.asyncio"


def async_mark(project: ProjectConfig, path: str) -> str:
    """Give the decorator that a coroutine test at `path` needs, "" where the target runs it unmarked.

    Raises:
        UnspellableError: nothing in the target's pytest configuration runs coroutine tests.
    """
    if project.async_tests_for(path):
        return ""
    if project.async_marks_for(path):
        return MARK
    raise UnspellableError(
        f"the pytest configuration of {path} does not run `async def` tests: "
        'set `asyncio_mode = "auto"`, or "strict" for marked ones'
    )


def without_needless_async(body: str) -> str:
    """Write `def` for tests that await nothing, so that every pytest runs them."""
    lines = body.split("\n")
    for test in _coroutines(body):
        if not any(map(_awaits, test.body)):
            line = lines[test.lineno - 1]
            lines[test.lineno - 1] = line.replace("async def", "def", 1)
    return "\n".join(lines)


def marked(body: str, mark: str) -> str:
    """Put the mark above every test that is a coroutine."""
    lines = body.split("\n")
    for test in reversed(list(_coroutines(body))):
        first = min([test.lineno, *(decorator.lineno for decorator in test.decorator_list)])
        lines.insert(first - 1, mark)
    return "\n".join(lines)


def has_coroutines(body: str) -> bool:
    """Tell whether there is a coroutine test at all."""
    return any(True for _ in _coroutines(body))


def _coroutines(body: str) -> Iterator[ast.AsyncFunctionDef]:
    for node in ast.parse(body).body:
        if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("test"):
            yield node


def _awaits(node: ast.AST) -> bool:
    """Tell whether the statement awaits something itself, not in a function that it defines."""
    if isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)):
        return True
    if isinstance(node, ast.comprehension) and node.is_async:
        return True
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return False
    return any(_awaits(child) for child in ast.iter_child_nodes(node))

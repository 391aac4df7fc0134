"""The constants that each user of a test uses: in the code of test and fixtures, in globals and arguments."""

import ast
import dis
import inspect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import Any, Final, final

from cellwall.testing.many_users.rewrite import Constant, Function

_LOADS: Final = {"LOAD_CONST", "LOAD_CONST_IMMORTAL", "LOAD_SMALL_INT", "RETURN_CONST"}
_PYTESTS: Final = re.compile(r"%\(py\d+\)s|^py\d+$")  # what assertion rewriting puts beside a test's own
_SHORTEST: Final = 2  # characters; "" and "a" are no keys


@final
@dataclass(frozen=True, slots=True)
class Placed:
    """A constant and the line where it stands."""

    value: Constant
    path: str
    line: int


def constants_of(functions: Iterable[Function], arguments: Iterable[tuple[str, Any]]) -> list[Placed]:
    """Give each constant once: of the functions, of globals that they name, of the first one's arguments."""
    found: dict[tuple[type, Constant], Placed] = {}
    unwrapped = [inspect.unwrap(getattr(each, "__func__", each)) for each in functions]
    for function in unwrapped:
        code = getattr(function, "__code__", None)
        if code is None:
            continue
        for placed in (*_in_code(code, function.__doc__), *_in_globals(function, code)):
            found.setdefault((type(placed.value), placed.value), placed)
    code = getattr(unwrapped[0], "__code__", None) if unwrapped else None
    for _, value in arguments:
        if code is not None and _is_constant(value):
            found.setdefault((type(value), value), Placed(value, code.co_filename, code.co_firstlineno))
    return list(found.values())


def _is_constant(value: object) -> bool:
    return (type(value) is str and len(value) >= _SHORTEST) or type(value) is int


def _in_code(code: CodeType, document: str | None) -> Iterator[Placed]:
    line = code.co_firstlineno
    is_rewritten = "@pytest_ar" in code.co_names
    for instruction in dis.get_instructions(code):
        positions = instruction.positions
        line = (positions.lineno if positions is not None else None) or line
        value = instruction.argval
        if isinstance(value, CodeType):
            yield from _in_code(value, None)
        elif instruction.opname in _LOADS and _is_constant(value) and value != document:
            if is_rewritten and isinstance(value, str) and _PYTESTS.search(value):
                continue
            yield Placed(value, code.co_filename, line)


def _in_globals(function: Any, code: CodeType) -> Iterator[Placed]:
    for name in code.co_names:
        value = function.__globals__.get(name)
        if _is_constant(value):
            line = _assignments(code.co_filename).get(name, code.co_firstlineno)
            yield Placed(value, code.co_filename, line)


@lru_cache(maxsize=32)
def _assignments(path: str) -> dict[str, int]:
    """Give the line of each name that a module assigns."""
    try:
        body = ast.parse(Path(path).read_bytes()).body
    except (OSError, SyntaxError, ValueError):
        return {}
    targets = [
        (target, node.lineno)
        for node in body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    return {target.id: line for target, line in targets if isinstance(target, ast.Name)}

"""Which touched and new tests state how they keep users apart. Syntax only; a rule says what is true."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from cellwall.check.node_index import Function
from cellwall.check.parse import ParseError, parse
from cellwall.check.stated_isolation import docstring_of, stated_in
from cellwall.migrate.named_tests import named_tests

SHOWN = 20  # tests without a statement that are named


@dataclass(slots=True)
class StatedTests:
    """How many tests were touched or are new, how many of them state their isolation, and who does not."""

    tests: int = 0
    stated: int = 0
    without: list[str] = field(default_factory=list)


def stated_tests(modules: Iterable[tuple[str, bytes | None, bytes]]) -> StatedTests:
    """Count over (path, source before or None for a new module, source now)."""
    counted = StatedTests()
    for path, before, now in modules:
        for name, test in touched_tests(before, now).items():
            counted.tests += 1
            if states_isolation(test):
                counted.stated += 1
            elif len(counted.without) < SHOWN:
                counted.without.append(f"{path}::{name}")
    return counted


def touched_tests(before: bytes | None, now: bytes) -> dict[str, Function]:
    """Give the tests whose code is not what it was, by name; docstrings, comments and layout do not count."""
    known = {name: _code(test) for name, test in _tests(before or b"").items()}
    return {name: test for name, test in _tests(now).items() if known.get(name) != _code(test)}


def states_isolation(test: Function) -> bool:
    """Tell whether the docstring has a statement with an owner, a mechanism and an asserted boundary."""
    docstring = docstring_of(test)
    stated = stated_in(str(docstring.value)) if docstring else None
    return stated is not None and all((stated.owner, stated.mechanism, stated.boundary))


def _tests(source: bytes) -> dict[str, Function]:
    parsed = parse(source)
    return {} if isinstance(parsed, ParseError) else dict(named_tests(parsed.tree.body))


def _code(test: Function) -> str:
    body = test.body[1:] if docstring_of(test) else test.body
    return "\n".join(ast.dump(node) for node in (test.args, *test.decorator_list, *body))

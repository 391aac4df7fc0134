"""Which touched and new tests state how they keep users apart; a rule says what is true of it."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.javascript.script import Script, read_script
from cellwall.check.javascript.touched_tests import states_isolation as says_isolation
from cellwall.check.javascript.touched_tests import touched_scripts_tests
from cellwall.check.module_facts import module_facts
from cellwall.check.node_index import Function
from cellwall.check.parse import ParseError, parse
from cellwall.check.role_use import RoleUse, role_use
from cellwall.check.rule import RuleContext
from cellwall.check.settings import CheckSettings
from cellwall.check.stated_isolation import docstring_of, stated_in
from cellwall.migrate.languages import is_script
from cellwall.migrate.named_tests import named_tests

NAMED: Final = 50  # tests of a kind that the record names


@dataclass(slots=True)
class StatedTests:
    """How many tests were touched or are new, how many of them state their isolation, and who does not.

    Attributes:
        without: those that could state it and do not.
        silent: those that reach a role and assert nothing of what it gives; nothing true can be said of them.
        no_role: those that reach no role, and have nothing to state.
    """

    tests: int = 0
    stated: int = 0
    without: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    no_role: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Give the figures of the record."""
        return {
            "tests": self.tests,
            "stated": self.stated,
            "silent": len(self.silent),
            "no_role": len(self.no_role),
        }


def stated_tests(
    modules: Iterable[tuple[str, bytes | None, bytes]], settings: CheckSettings, project: ProjectFacts
) -> StatedTests:
    """Count over (path, source before or None for a new module, source now)."""
    counted = StatedTests()
    places = {RoleUse.NONE: counted.no_role, RoleUse.NOT_ASSERTED: counted.silent}
    for path, before, now in modules:
        if is_script(path):
            _count_script(counted, path, before or b"", now)
            continue
        without: list[str] = []
        for name, test in touched_tests(before, now).items():
            counted.tests += 1
            counted.stated += states_isolation(test)
            without += [] if states_isolation(test) else [name]
        uses = _uses(path, now, RuleContext(settings, project)) if without else {}
        for name in without:
            places.get(uses.get(name, RoleUse.ASSERTED), counted.without).append(f"{path}::{name}")
    return counted


def _count_script(counted: StatedTests, path: str, before: bytes, now: bytes) -> None:
    old, new = read_script(path, before), read_script(path, now)
    if isinstance(old, Script) and isinstance(new, Script):
        for test, _ in touched_scripts_tests(old, new):
            stated = says_isolation(test)
            counted.tests += 1
            counted.stated += stated
            counted.silent += [] if stated else [f"{path}::{test.title}"]  # nothing of its own is asserted


def _uses(path: str, source: bytes, context: RuleContext) -> dict[str, RoleUse]:
    module = module_facts(path, source, context.project, is_test=True)
    if isinstance(module, ParseError):
        return {}
    return {name: role_use(module, test, context) for name, test in named_tests(module.tree.body)}


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

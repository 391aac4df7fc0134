"""New functions and classes in a file that tests rely on: they may add tests, not change the old ones."""

import ast
import builtins
import re
from collections.abc import Iterator, Mapping
from typing import Final

from cellwall.migrate.gates.weakened.additions import mutates, reaching
from cellwall.migrate.gates.weakened.canonical import role_of
from cellwall.migrate.gates.weakened.facts import Kind, Line, ModuleFacts, Unit
from cellwall.migrate.gates.weakened.renames import given_role
from cellwall.migrate.gates.weakened.weakening import Weakening

_IMPLICIT: Final = re.compile(
    r"^((async)?(setup|teardown)(_(method|class|module|function))?|(async)?(setUp|tearDown)(Class|Module)?|"
    r"asyncSetUp|asyncTearDown|load_tests|run|debug|fail|skipTest|subTest|assert[A-Z_].*|__\w+__)$"
)


def new_units(before: ModuleFacts, after: ModuleFacts) -> Iterator[Weakening]:
    """Give what is wrong with units that a patch adds to a module; new tests may do what they like."""
    for unit in _added(before, after):
        if unit.parent in before.units:
            for what in _objections(unit, before):
                yield Weakening(after.path, unit.line, unit.id, what, "", f"def {unit.name}")
                break


def _added(before: ModuleFacts, after: ModuleFacts) -> list[Unit]:
    return [unit for id_, units in after.units.items() if id_ not in before.units for unit in units]


def changed_imports(before: ModuleFacts, after: ModuleFacts) -> Iterator[Weakening]:
    """Object to new code, tests too, that changes what it imports: later tests would meet that."""
    for unit in _added(before, after):
        for word in sorted(_bare_words(unit)):
            yield Weakening(after.path, unit.line, unit.id, f"new code reaches behind things: {word!r}")
    for unit, line in ((one, line) for one in _added(before, after) for line in one.lines):
        for target, _ in line.binds:
            root = target.removeprefix("self.").partition(".")[0].partition("[")[0]
            if root in after.imports and root != target:
                what = f"{root!r}, an imported object, is changed for all tests that follow"
                yield Weakening(after.path, line.line, unit.id, what, "", line.source)


def _bare_words(unit: Unit) -> set[str]:
    """Give the functions that reach behind things and that a new unit names, defaults included."""
    names = {node.id for node in ast.walk(unit.node) if isinstance(node, ast.Name)}
    return names & {"setattr", "delattr", "exec", "eval", "globals", "vars", "builtins", "__builtins__"}


def _objections(unit: Unit, before: ModuleFacts) -> Iterator[str]:
    if unit.kind is Kind.HOOK:
        yield "a hook of the test runner is added"
    if _IMPLICIT.match(unit.name) and not all(line.role for line in unit.lines):
        yield f"{unit.name!r} is called or read by the test runner"
    if unit.kind is Kind.FIXTURE:
        yield from _of_fixture(unit, before)
    elif unit.name in _taken(unit, before):
        yield f"{unit.name!r} replaces something of that name"
    if unit.kind in (Kind.FUNCTION, Kind.FIXTURE):
        for line in unit.lines:
            yield from _of_body(line, unit)


def _taken(unit: Unit, before: ModuleFacts) -> frozenset[str]:
    """Give the names that old code of the same place uses: of the class through self, else by name."""
    if unit.parent and before.units[unit.parent][-1].kind is Kind.CLASS:
        return before.attributes
    return before.module.names | before.imports.keys()


def _of_fixture(unit: Unit, before: ModuleFacts) -> Iterator[str]:
    if any("autouse" in decorator for decorator in unit.decorators):
        yield "a fixture is added that every test gets"
    name = fixture_name(unit)
    given = role_of(given_role(unit))
    if name in before.identifiers | before.strings and given != "context":
        yield f"a fixture is added that replaces {name!r} for tests that ask for it"


def fixture_name(unit: Unit) -> str:
    """Give the name by which tests ask for a fixture: `name=` of its decorator, else the function's."""
    for decorator in unit.decorators:
        found = re.search(r"\bname=(?:'([^']*)')?", decorator)
        if found:
            return found.group(1) or unit.name
    return unit.name


def _of_body(line: Line, unit: Unit) -> Iterator[str]:
    found = [what for what in reaching(line.form.node) if what != "a yield added"]
    if found:
        yield f"new code reaches behind the tests: {found[0]}"
    if isinstance(line.form.node, ast.Delete | ast.Global | ast.Nonlocal):
        yield "new code takes names away or redirects them"
    for target, value in line.binds:
        if not target.removeprefix("self.").isidentifier() and not role_of(value):
            yield "new code replaces a part of an object"
    given = {parameter.name for parameter in unit.parameters} - {"self", "cls"}
    if mutates(line.form.node, frozenset(given)):
        yield "new code changes what it is given"


def new_fixtures(before: ModuleFacts, after: ModuleFacts) -> frozenset[str]:
    """Give the names of fixtures that a patch adds and that hand out a role."""
    return frozenset(
        fixture_name(unit)
        for unit in _added(before, after)
        if unit.kind is Kind.FIXTURE and given_role(unit) is not None
    )


def compare_imports(
    before: ModuleFacts, after: ModuleFacts, role_origins: Mapping[str, frozenset[str]]
) -> Iterator[Weakening]:
    """Object to imports that give an old name to something else; roles may come in."""
    for name, origins in after.imports.items():
        new = origins - before.imports.get(name, frozenset()) - role_origins.get(name, frozenset())
        if not new:
            continue
        line = _line_of(name, after)
        first = min(new)
        if name == "*":
            yield Weakening(
                after.path, line, "", "everything of a module is imported", "", f"import * of {first}"
            )
        elif name in before.imports:
            old = min(before.imports[name])
            yield Weakening(after.path, line, "", f"{name!r} now comes from elsewhere", old, first)
        elif name in before.module.names or name.startswith(("pytest_", "test_")):
            yield Weakening(after.path, line, "", f"an import replaces {name!r}", "", first)


def uncovered_builtins(before: ModuleFacts, after: ModuleFacts) -> Iterator[Weakening]:
    """Object to removed imports under which a builtin of the same name comes to light."""
    for name in sorted(before.imports.keys() - after.imports.keys()):
        if name in after.module.names and hasattr(builtins, name):
            yield Weakening(after.path, 1, "", f"{name!r} is now the builtin", min(before.imports[name]))


def _line_of(name: str, facts: ModuleFacts) -> int:
    for node in ast.walk(facts.module.node):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name).partition(".")[0] == name:
                    return node.lineno
    return 1

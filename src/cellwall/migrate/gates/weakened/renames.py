"""Which local names were renamed: a name that is gone and a new one that gets the same values."""

import ast
from collections.abc import Iterable, Mapping

from cellwall.migrate.gates.weakened.canonical import role_of, text, text_without_contexts
from cellwall.migrate.gates.weakened.facts import Line, Unit

_MOST_ROUNDS = 8  # a renamed name's value may hold another renamed name


def find_renames(
    before: Unit,
    after: Unit,
    inherited_before: Mapping[str, ast.AST],
    inherited_after: Mapping[str, ast.AST],
    known: Mapping[str, str],
) -> dict[str, str]:
    """Give old name -> new name for a unit, `known` (of the unit around it) included.

    Names inherited from class, module or fixtures count with the role that they hold, so that
    `self.session` can become a local `session`.
    """
    renames = dict(known)
    gone = [name for name in _names(before.lines, inherited_before, before) if name not in after.names]
    fresh = [name for name in _names(after.lines, inherited_after, after) if name not in before.names]
    values_after = {name: _values(after.lines, name, inherited_after, {}) for name in fresh}
    for _ in range(_MOST_ROUNDS):
        found = len(renames)
        for name in gone:
            if name in renames:
                continue
            values = _values(before.lines, name, inherited_before, renames)
            taken = set(renames.values())
            twin = next((new for new in fresh if new not in taken and _same(values, values_after[new])), None)
            if twin is not None:
                renames[name] = twin
        if len(renames) == found:
            break
    return renames


def _names(lines: Iterable[Line], inherited: Mapping[str, ast.AST], unit: Unit) -> list[str]:
    own = [name for line in lines for name, _ in line.binds if name.removeprefix("self.").isidentifier()]
    return list(dict.fromkeys([*(name for name in inherited if name in unit.names), *own]))


def _values(
    lines: Iterable[Line], name: str, inherited: Mapping[str, ast.AST], renames: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Give what a name is bound to, in order, each with and without contexts."""
    nodes = [value for line in lines for bound, value in line.binds if bound == name]
    nodes = nodes or ([inherited[name]] if name in inherited else [])
    return [(text(node, renames), text_without_contexts(node, None)) for node in nodes]


def _same(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> bool:
    if not old or len(old) != len(new):
        return False
    return all(one[0] in two for one, two in zip(old, new, strict=True))


def inherited_roles(unit: Unit, units: Mapping[str, tuple[Unit, ...]]) -> dict[str, ast.AST]:
    """Give the role values that a unit sees without making them: of its class, its module, its fixtures."""
    found: dict[str, ast.AST] = {}
    for line in units[""][0].lines:
        found |= _roles_of(line)
    for other in (one for same in units.values() for one in same):
        if unit.parent and other.parent == unit.parent and "::" in other.id:
            for line in other.lines:
                found |= {name: value for name, value in _roles_of(line).items() if name.startswith("self.")}
    for name in {parameter.name for parameter in unit.parameters} & units.keys():
        given = given_role(units[name][-1])
        if given is not None:
            found[name] = given
    return found


def given_role(unit: Unit) -> ast.AST | None:
    """Give the role value that a fixture returns or yields, or None."""
    held: dict[str, ast.AST] = {}
    for line in unit.lines:
        held |= _roles_of(line)
        node = line.form.node
        value = node.value if isinstance(node, ast.Return | ast.Expr) else None
        value = value.value if isinstance(value, ast.Yield) else value
        if role_of(value):
            return value
        if isinstance(value, ast.Name) and value.id in held:
            return held[value.id]
    return None


def _roles_of(line: Line) -> dict[str, ast.AST]:
    return dict(line.binds) if line.role else {}

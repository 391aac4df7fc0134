"""Holds a module's facts before and after against each other: what was there stays there, in order.

The question is not "was an assertion deleted?" but "is everything that the old test did still done?". A test
can be hollowed out in too many ways to list them; what a migration may change is a short list: roles in their
new spelling, contexts as arguments, `async` and `await`, new names, new assertions.
"""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import final

from cellwall.migrate.gates.weakened.additions import Scope, derived, objections
from cellwall.migrate.gates.weakened.alignment import MAY, MUST, align
from cellwall.migrate.gates.weakened.assertions import is_assertion, kind_of, leaves
from cellwall.migrate.gates.weakened.canonical import forms, role_of, text
from cellwall.migrate.gates.weakened.facts import Kind, Line, ModuleFacts, Unit
from cellwall.migrate.gates.weakened.moved_state import Move
from cellwall.migrate.gates.weakened.own_ids import OwnId, own_id, with_text
from cellwall.migrate.gates.weakened.renames import find_renames, given_role, inherited_roles
from cellwall.migrate.gates.weakened.role_patterns import RolePatterns
from cellwall.migrate.gates.weakened.signatures import can_run, compare_signatures
from cellwall.migrate.gates.weakened.weakening import Weakening

_CLOSING = frozenset({"close", "aclose", "dispose", "cleanup", "disconnect", "shutdown"})


@dataclass(frozen=True, slots=True)
class Setting:
    """What else decides whether a module is weaker: does the project run coroutine tests, which fixtures the
    patch adds, the roles (without them no context is known to keep its user's id), and what was proved to
    have moved into the test that alone uses it."""

    async_tests: bool = False
    new_fixtures: frozenset[str] = frozenset()
    roles: RolePatterns | None = None
    moves: tuple[Move, ...] = ()


@dataclass(slots=True)
class _Face:
    """A line as it is compared: its text and its guards' texts in every form that may count as equal."""

    line: Line
    forms: tuple[frozenset[str], ...]
    texts: tuple[str, ...]


def compare(before: ModuleFacts, after: ModuleFacts, setting: Setting) -> Iterator[Weakening]:
    """Give everything that is weaker in a module than it was."""
    renames: dict[str, dict[str, str]] = {}
    for id_, olds in before.units.items():
        news = after.units.get(id_, ())
        if len(news) > len(olds):
            hidden, hiding = news[-2], news[-1]
            yield Weakening(
                after.path,
                hiding.line,
                id_,
                f"defined again, which hides line {hidden.line}",
                "",
                hiding.name,
            )
            continue
        if len(news) < len(olds):
            yield from _gone(olds[len(news) :], before, after)
        for old, new in zip(olds, news, strict=False):
            if old.kind is not Kind.MODULE and old.dump == new.dump and not (old.guards or new.guards):
                continue  # the same code; what it stands on is compared where that is defined
            comparison = _Units((before, after), (old, new), renames.get(old.parent, {}), setting)
            renames[id_] = comparison.renames
            yield from comparison.weakenings()


def _gone(units: tuple[Unit, ...], before: ModuleFacts, after: ModuleFacts) -> Iterator[Weakening]:
    """Object to what is gone, unless it is a function that did nothing but make roles."""
    for unit in units:
        source = f"def {unit.name}" if unit.kind is not Kind.CLASS else f"class {unit.name}"
        if unit.kind in (Kind.TEST, Kind.CLASS):
            what = "commented out" if _is_commented(unit, after) else "removed or renamed"
            yield Weakening(before.path, unit.line, unit.id, f"{unit.kind} {what}", source)
        elif any(not _may_go(line, frozenset()) for line in unit.lines) and not _may_vanish(unit, after):
            yield Weakening(before.path, unit.line, unit.id, f"{unit.kind} removed or renamed", source)


def _may_vanish(unit: Unit, after: ModuleFacts) -> bool:
    """A fixture that only handed out a role may go when nobody asks for it any more."""
    if unit.kind is not Kind.FIXTURE or any("autouse" in one for one in unit.decorators):
        return False
    only_role = all(line.role or _hands_out(line) or _may_go(line, frozenset()) for line in unit.lines)
    return only_role and given_role(unit) is not None and unit.name not in after.identifiers


def _hands_out(line: Line) -> bool:
    node = line.form.node
    return isinstance(node, ast.Return) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield))


def _is_commented(unit: Unit, after: ModuleFacts) -> bool:
    return f"def {unit.name}(" in after.comments or f"class {unit.name}" in after.comments


def _may_go(line: Line, held: frozenset[str]) -> bool:
    """Tell whether a line may go: it kept a role in its old spelling, or closed what a role now closes."""
    if line.role and line.binds and (line.old or line.role == "context"):
        return line.old and not any("raises" in text(guard.header) for guard in line.guards)
    node = line.form.node
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        func = node.value.func
        if isinstance(func, ast.Attribute) and func.attr in _CLOSING and not node.value.args:
            return ast.unparse(func.value) in held
    return False


@final
class _Units:
    """One unit before and after."""

    def __init__(
        self,
        modules: tuple[ModuleFacts, ModuleFacts],
        units: tuple[Unit, Unit],
        known: Mapping[str, str],
        setting: Setting,
    ) -> None:
        before, after = modules
        old, new = units
        self.path, self.module, self.old, self.new, self.setting = after.path, after, old, new, setting
        self.own = own_id(units, modules, setting.roles) if setting.roles else None
        self.held_before = inherited_roles(old, before.units)
        self.held_after = inherited_roles(new, after.units)
        self.renames = find_renames(old, new, self.held_before, self.held_after, known)
        self.roles = {
            name: role_of(value)
            for held in (self.held_before, self.held_after)
            for name, value in held.items()
        }
        self.roles |= {
            n: role_of(v) for line in (*old.lines, *new.lines) for n, v in line.binds if role_of(v)
        }
        fresh = {n for n, role in self.roles.items() if role == "context" and n not in old.names}
        parameters = {p.name for p in new.parameters} - {p.name for p in old.parameters}
        self.contexts = frozenset(fresh | (parameters & {"user_context"}))

    def weakenings(self) -> Iterator[Weakening]:
        """Give what is weaker in the unit."""
        known = frozenset(name for name in self.renames if name in self.held_before)
        problems = [
            *compare_signatures(self.old, self.new, self.setting.new_fixtures, known),
            *can_run(self.old, self.new, self.module, self.setting.async_tests),
        ]
        for what, before, after in problems:
            yield Weakening(self.path, self.new.line, self.new.id, what, before, after)
        if self._guards_of(self.old) != self._guards_of(self.new):
            yield Weakening(self.path, self.new.line, self.new.id, "moved under another condition")
        yield from self._lines()

    def _guards_of(self, unit: Unit) -> list[tuple[str, str]]:
        return [(text(guard.header), guard.branch) for guard in unit.guards]

    def _lines(self) -> Iterator[Weakening]:
        olds = [self._face(line, self.renames, self.old) for line in self.old.lines]
        news = [self._face(line, {}, self.new, self._own_at(n)) for n, line in enumerate(self.new.lines)]
        held = frozenset(name for name, role in self.roles.items() if role == "session")
        pairs = align(olds, news, _same, lambda face: MAY if self._may_go(face.line, held) else MUST)
        kept, found = dict(pairs), {new for _, new in pairs}
        added = [position for position in range(len(news)) if position not in found]
        used: set[int] = set()
        for position, face in enumerate(olds):
            if position in kept:
                yield from self._awaits(face, news[kept[position]], self._own_at(kept[position]))
            elif not self._may_go(face.line, held):
                low = max((new for old, new in pairs if old < position), default=-1)
                high = min((new for old, new in pairs if old > position), default=len(news))
                near = [new for new in added if low < new < high and new not in used]
                yield self._missing(face, news, near, used)
        yield from self._forgotten()
        yield from self._added([news[position].line for position in added if position not in used])

    def _missing(self, face: _Face, news: list[_Face], near: list[int], used: set[int]) -> Weakening:
        """Name a line that is gone, beside the added line that most likely stands instead of it."""
        twin = next(
            (new for new in near if type(news[new].line.form.node) is type(face.line.form.node)), None
        )
        twin = twin if twin is not None else next(iter(near), None)
        kind = kind_of(face.line)
        if twin is None:
            return Weakening(self.path, face.line.line, self.old.id, f"{kind} removed", face.line.source)
        used.add(twin)
        line = news[twin].line
        if line.source == face.line.source:
            inside = _first_other(face, news[twin])
            return self._at(line, f"{kind} moved under another condition", face.line.source, inside)
        what = f"{kind} changed"
        if leaves(line) and not leaves(face.line):
            what = f"{kind} changed to an early end"
        return self._at(line, what, face.line.source, line.source)

    def _added(self, lines: list[Line]) -> Iterator[Weakening]:
        binds = {name for line in self.old.lines for name, _ in line.binds}
        bound = frozenset(binds | {p.name for p in self.old.parameters if p.name not in ("self", "cls")})
        held = [*self.held_before.items(), *(pair for line in self.old.lines for pair in line.binds)]
        values: dict[str, set[str]] = defaultdict(set)
        for name, value in held:
            if role_of(value):
                values[name].add(text(value))
        bound -= frozenset(self.renames)
        bound |= {move.name for move in self.setting.moves if move.unit == self.new.id}
        for line in (line for line in lines if not self._moved_in(line)):
            bound |= derived(line, bound, self.roles) | self._closures(line, bound)
            scope = Scope(self.old, bound, self.roles, values)
            if self.new.kind is Kind.HOOK:
                yield self._at(line, "a hook of the test runner does more", "", line.source)
                continue
            for objection in objections(line, scope):
                yield self._at(line, objection, "", line.source)
                break

    def _may_go(self, line: Line, held: frozenset[str]) -> bool:
        return _may_go(line, held) or self._moved_away(line)

    def _moved_away(self, line: Line) -> bool:
        names = [move.name for move in self.setting.moves]
        return self.new.kind is Kind.MODULE and not line.guards and any([n] == _bound(line) for n in names)

    def _moved_in(self, line: Line) -> bool:
        place = (self.new.id, line.line, _bound(line))
        return any((move.unit, move.line, [move.name]) == place for move in self.setting.moves)

    def _closures(self, line: Line, bound: frozenset[str]) -> frozenset[str]:
        """Give the name of a nested function that a line defines when it reaches what the old lines bind."""
        units = [self.module.units.get(f"{self.new.id}.<locals>.{name}", ()) for name, _ in line.binds]
        return frozenset(unit.name for found in units for unit in found if unit.names & bound)

    def _own_at(self, place: int) -> OwnId | None:
        """Give the context whose id a line may use: one that is made before it."""
        return self.own if self.own is not None and place > self.own.place else None

    def _awaits(self, old: _Face, new: _Face, own: OwnId | None) -> Iterator[Weakening]:
        before = [text(node, self.renames) for node in old.line.form.awaited]
        awaited = new.line.form.awaited
        after = [one for node in awaited for one in self._all_forms(node, self.new, new.line, own)]
        if any(one not in after for one in before):
            yield self._at(
                new.line, "an await is gone, so it is never evaluated", old.line.source, new.line.source
            )

    def _forgotten(self) -> Iterator[Weakening]:
        before = Counter(role for line in self.old.lines for role in line.form.forgotten)
        for line in self.new.lines:
            for role in line.form.forgotten:
                before[role] -= 1
                if before[role] < 0:
                    yield self._at(line, f"the {role} is a coroutine that nobody awaits", "", line.source)

    def _at(self, line: Line, what: str, before: str, after: str) -> Weakening:
        return Weakening(self.path, line.line, self.new.id, what, before, after)

    def _face(self, line: Line, renames: Mapping[str, str], unit: Unit, own: OwnId | None = None) -> _Face:
        nodes = [line.form.node, *(guard.header for guard in line.guards)]
        branches = ["", *(guard.branch for guard in line.guards)]
        forms = tuple(
            frozenset(one + "#" + branch for one in self._all_forms(node, unit, line, own))
            for node, branch in zip(nodes, branches, strict=True)
        )
        texts = tuple(text(n, renames) + "#" + b for n, b in zip(nodes, branches, strict=True))
        return _Face(line, forms, texts)

    def _all_forms(self, node: ast.AST, unit: Unit, line: Line, own: OwnId | None) -> set[str]:
        """Give the texts as which a node of a new line counts, with the text for a context's id too."""
        others = with_text(node, line, own) if own is not None else ()
        return {form for one in (node, *others) for form in self._forms(one, unit)}

    def _forms(self, node: ast.AST, unit: Unit) -> set[str]:
        """Give the texts as which a new line counts: as it is, without contexts, yielded for returned."""
        nodes: list[ast.AST] = [node]
        prefix = [""]
        given = node.value if unit.kind is Kind.FIXTURE and isinstance(node, ast.Expr) else None
        if isinstance(given, ast.Yield) and given.value is not None:
            nodes.append(given.value)
            prefix.append("return ")
        return {
            start + form
            for start, one in zip(prefix, nodes, strict=True)
            for form in forms(one, self.contexts)
        }


def _bound(line: Line) -> list[str]:
    return [name for name, _ in line.binds]


def _first_other(old: _Face, new: _Face) -> str:
    """Give the first header around the new line that does not stand around the old one, and the line."""
    for position, guard in enumerate(new.line.guards, 1):
        if position >= len(old.texts) or old.texts[position] not in new.forms[position]:
            header = text(guard.header).partition("\n")[0].removesuffix(":")
            return f"{header} {guard.branch}".rstrip() + f": {new.line.source}"
    return new.line.source


def _same(old: _Face, new: _Face) -> bool:
    if len(old.texts) != len(new.forms):
        return False
    return all(one in forms for one, forms in zip(old.texts, new.forms, strict=True))


def count_assertions(facts: ModuleFacts) -> int:
    """Give the number of assertions in a module, for figures."""
    return sum(is_assertion(line) for same in facts.units.values() for unit in same for line in unit.lines)

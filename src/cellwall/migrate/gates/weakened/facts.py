"""What is known of a module: its units (tests, fixtures, helpers, classes) and their lines. Data only."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from cellwall.migrate.gates.weakened.canonical import Canonical


class Kind(StrEnum):
    """What a unit is."""

    MODULE = "module"
    CLASS = "class"
    TEST = "test"
    FIXTURE = "fixture"
    HOOK = "hook"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True)
class Guard:
    """A statement that decides whether, or how often, something runs: its header and which branch."""

    header: ast.AST
    branch: str


@dataclass(frozen=True, slots=True)
class Line:
    """One simple statement, one header of a compound one, or one nested definition.

    Attributes:
        form: its canonical form.
        guards: what it stands in, outermost first; what only opens a role is left out.
        line: its line in the file.
        source: its first line as written.
        binds: (name, value) pairs; a value is the canonical expression, or a marked one for loops.
        role: the role whose value it does nothing but make and keep, or "".
        old: whether that role has its old spelling here.
    """

    form: Canonical
    guards: tuple[Guard, ...]
    line: int
    source: str
    binds: tuple[tuple[str, ast.AST], ...] = ()
    role: str = ""
    old: bool = False
    is_header: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name with stars, and its default in canonical text."""

    name: str
    default: str = ""


@dataclass
class Unit:
    """A function, a class, or the module itself (id "").

    Attributes:
        id: "TestCart::test_total", "helper", "test_x.<locals>.inner".
        is_async: `async def`.
        decorators, bases, parameters: in canonical text.
        guards: what the definition stands in.
        lines: its own statements in order, those of nested units apart.
        names: every identifier that stands in it; attributes of self as "self.x".
        yields: a generator, as fixtures with teardown are.
    """

    id: str
    kind: Kind
    line: int
    node: ast.AST
    is_async: bool = False
    decorators: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    guards: tuple[Guard, ...] = ()
    lines: list[Line] = field(default_factory=list)
    names: frozenset[str] = frozenset()
    yields: bool = False

    @cached_property
    def dump(self) -> str:
        """The unit's whole syntax, positions apart."""
        return ast.dump(self.node)

    @property
    def name(self) -> str:
        """The last part of the id."""
        return self.id.rpartition("::")[2].rpartition(".")[2]

    @property
    def parent(self) -> str:
        """The id of the unit around it."""
        if "::" in self.id and ".<locals>." not in self.id.rpartition("::")[2]:
            return self.id.rpartition("::")[0]
        return self.id.rpartition(".<locals>.")[0]


@dataclass(frozen=True, slots=True)
class ModuleFacts:
    """A module in canonical form.

    Attributes:
        units: all units by id, in order; several of one id shadow each other, the last is alive.
        imports: imported name -> dotted origins.
        identifiers: all names that stand anywhere; attributes: all attribute names;
            strings: all that could be names.
        comments: the text of whole-line comments.
    """

    path: str
    units: Mapping[str, tuple[Unit, ...]]
    imports: Mapping[str, frozenset[str]]
    identifiers: frozenset[str]
    attributes: frozenset[str]
    strings: frozenset[str] = frozenset()
    comments: str = ""

    @property
    def module(self) -> Unit:
        """The module's own unit."""
        return self.units[""][0]

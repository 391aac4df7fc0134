"""What a test reaches: its fixtures, set-up methods and helpers of the module, and what they call."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, final

from cellwall.check.asserted_values import assertions, called_name, flowing_into, names_of
from cellwall.check.context_supply import CONTEXT_NAME
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, Function, walk
from cellwall.check.stated_isolation import last_words

_SET_UP: Final = frozenset({"setUp", "asyncSetUp", "setUpClass", "setup_method", "setup_class", "setup"})
_OF_PYTEST: Final = frozenset(
    {
        "caplog",
        "capfd",
        "capsys",
        "monkeypatch",
        "recwarn",
        "request",
        "tmp_path",
        "tmp_path_factory",
        "tmpdir",
    }
)

Unit = Function | ast.ClassDef


@final
@dataclass(frozen=True)
class TestReach:
    """One test with everything in its module that runs for it."""

    __test__ = False

    module: ModuleFacts
    test: Function

    @property
    def parameters(self) -> tuple[str, ...]:
        """What the test is given."""
        arguments = self.test.args
        every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        return tuple(argument.arg for argument in every if argument.arg not in ("self", "cls"))

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The test, then the functions and classes of the module that it can reach."""
        found: dict[Unit, None] = {self.test: None}
        waiting: list[Unit] = [self.test, *self.set_up]
        while waiting:
            unit = waiting.pop()
            found[unit] = None
            waiting += [other for other in self._named_by(unit) if other not in found]
        return tuple(found)

    @cached_property
    def used(self) -> frozenset[str]:
        """Every name in what the test reaches, and what its own imports are called elsewhere."""
        names = {name for unit in self.units for name in (*names_of(unit), *_words_of_texts(unit))}
        for alias in self.module.of(ast.alias):
            if (alias.asname or alias.name).partition(".")[0] in names:
                names.update(alias.name.split("."))
                names.update((getattr(self.module.nodes.parent(alias), "module", None) or "").split("."))
        return frozenset(names)

    @cached_property
    def called(self) -> frozenset[str]:
        """The last parts of everything that is called, entered or asked for as a fixture."""
        calls = (node for unit in self.units for node in walk(unit) if isinstance(node, ast.Call))
        return frozenset({called_name(call.func) for call in calls} | set(self.parameters)) - {""}

    @cached_property
    def asserting(self) -> frozenset[str]:
        """The names of those reached functions that assert something themselves."""
        others = [unit for unit in self.units if unit is not self.test]
        return frozenset(unit.name for unit in others if any(assertions([unit])))

    @cached_property
    def assertions(self) -> tuple[ast.AST, ...]:
        """The test's own assertions, calls of helpers that assert among them."""
        return tuple(assertions(self.test.body, self.asserting))

    @cached_property
    def asserted(self) -> frozenset[str]:
        """The names whose values the test's assertions are about, directly or through other names."""
        direct = {name for node in self.assertions for name in names_of(node)}
        for unit in self.units:
            if unit.name in self.asserting:
                direct |= names_of(unit)
        for node in self.assertions:
            for around in self.module.nodes.ancestors(node):
                if isinstance(around, (ast.For, ast.AsyncFor)):
                    direct |= names_of(around.target)
                elif isinstance(node, ast.Raise) and isinstance(around, (ast.If, ast.Match)):
                    direct |= names_of(around.test if isinstance(around, ast.If) else around.subject)
        return flowing_into(frozenset(direct), self.test.body)

    @cached_property
    def opaque(self) -> bool:
        """Tell whether fixtures or base classes that cannot be seen here may do something for the test."""
        owner = self.module.nodes.owner(self.test)
        known = {cls.name for cls in self.module.of(ast.ClassDef)}
        bases = [] if owner is None else [called_name(base) for base in owner.bases]
        if any(base not in known and not base.endswith("TestCase") and base != "object" for base in bases):
            return True
        return any(not self._is_seen(name) for name in self.parameters)

    def calls_of(self, words: frozenset[str]) -> list[int]:
        """Give the lines of the test's own calls of one of these names."""
        return [
            node.lineno
            for root in self.test.body
            for node in walk(root)
            if isinstance(node, ast.Call) and called_name(node.func) in words
        ]

    def _is_seen(self, name: str) -> bool:
        if name in (CONTEXT_NAME, *_OF_PYTEST) or name in self.module.pytest.fixtures:
            return True
        marks = [
            d for d in self.test.decorator_list if "parametrize" in ast.dump(d) or "patch" in ast.dump(d)
        ]
        return any(name in ast.dump(mark) or "patch" in ast.dump(mark) for mark in marks)

    @cached_property
    def set_up(self) -> tuple[Function, ...]:
        """What runs before the test without being asked for: fixtures, methods of its class."""
        owner = self.module.nodes.owner(self.test)
        every = (fixture for fixtures in self.module.pytest.fixtures.values() for fixture in fixtures)
        fixtures = [fixture.function for fixture in every if fixture.autouse]
        methods = owner.body if owner is not None else []
        return (*fixtures, *(n for n in methods if isinstance(n, FUNCTIONS) and n.name in _SET_UP))

    def _named_by(self, unit: Unit) -> Iterator[Unit]:
        names = names_of(unit)
        yield from (each for each in self._definitions if each.name in names and each is not unit)
        for name in names & self.module.pytest.fixtures.keys():
            yield from (fixture.function for fixture in self.module.pytest.fixtures[name])

    @cached_property
    def _definitions(self) -> tuple[Unit, ...]:
        """Functions and classes of the module, other tests and their classes left out."""
        every = (*self.module.nodes.functions(), *self.module.of(ast.ClassDef))
        return tuple(unit for unit in every if not unit.name.lower().startswith("test"))


def _words_of_texts(unit: Unit) -> Iterator[str]:
    """Give the words of the texts in a piece of code; those that stand alone are docstrings."""
    alone = {node.value for node in walk(unit) if isinstance(node, ast.Expr)}
    for node in walk(unit):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in alone:
            yield from last_words(node.value)

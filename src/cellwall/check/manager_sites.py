"""The places of one module that fetch the shared manager, and which of them a test sees together.

Managers that come from two places of one test are the same object today. Where only one place feeds a test,
a manager of its own means the same to that test; where there are more, the text does not say which of them
belong together. A place whose value nobody looks at is none of them, and of alternatives only one is met.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final, NamedTuple, final

from cellwall.check.alternative_places import are_alternatives
from cellwall.check.deferred_pattern import deferred
from cellwall.check.kept_apart import is_kept_apart
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import COMPREHENSIONS, FUNCTIONS, Function, walk
from cellwall.check.pytest_facts import Fixture
from cellwall.check.told_apart import are_told_apart
from cellwall.check.value_flow import value_flow
from cellwall.check.value_place import PlaceKind, value_place
from cellwall.check.value_uses import Use, UseKind

_LOOPS: Final = (ast.For, ast.AsyncFor, ast.While, *COMPREHENSIONS)
MAX_DEPTH: Final = 6
_SINGLETON: Final = deferred(r"singleton", re.IGNORECASE)


class _Seen(NamedTuple):
    """What one function sees: the calls that it leads to, counted, and those whose value it is given."""

    made: Counter[ast.Call]
    kept: frozenset[ast.Call]

    @property
    def all(self) -> frozenset[ast.Call]:
        return self.kept | frozenset(self.made)


_NOTHING: Final = _Seen(Counter(), frozenset())


@final
class ManagerSites:
    """The calls of one module that give the shared manager."""

    def __init__(self, module: ModuleFacts, calls: Sequence[ast.Call]) -> None:
        """Keep the calls; who sees which is worked out when it is asked for."""
        self._module = module
        self.calls: tuple[ast.Call, ...] = tuple(calls)
        self._idle: dict[ast.Call, bool] = {}
        self._apart: dict[ast.Call, bool] = {}

    def tests_that_see(self, call: ast.Call) -> list[Function]:
        """Give the functions that see the value of a call: its own, and all that reach it."""
        return [function for function, seen in self._seen.items() if call in seen.all]

    def surroundings(self, call: ast.Call) -> list[ast.AST]:
        """Give the code in which a call's value lives: the tests that see it, and their fixtures."""
        found: list[ast.AST] = []
        waiting = self.tests_that_see(call) if self._module.function(call) else []
        while waiting:
            function = waiting.pop()
            if function not in found:
                found.append(function)
                waiting += self._asked(function)
        place = value_place(self._module, call)
        if place.kind in (PlaceKind.ATTRIBUTE, PlaceKind.CLASS):
            found += [a for a in self._module.nodes.ancestors(call) if isinstance(a, ast.ClassDef)][:1]
        return found or [self._module.tree]

    def rival(self, call: ast.Call) -> Function | None:
        """Give a function that sees this call's value beside that of another call or of a repetition."""
        if self._are_apart(call):
            return None
        if any(isinstance(a, _LOOPS) for a in self._ancestors_in_function(call)):
            return self._module.function(call)
        for function in self.tests_that_see(call):
            seen = self._seen[function]
            others = {c for c in seen.all if c is call or not self.is_idle(c)}
            met = {self._leaders.get(c, c) for c in others}
            times = Counter({self._leaders.get(c, c): n for c, n in seen.made.items()})
            if len(met) > 1 and not any(times[c] > 1 for c in met) and are_told_apart(self._module, met):
                continue
            if len(met) > 1 or sum(n for c, n in times.items() if c in met) > 1:
                return function
        return None

    def is_idle(self, call: ast.Call) -> bool:
        """Tell whether nothing is ever done with a call's value where it is kept."""
        if call not in self._idle:
            place = value_place(self._module, call)
            flow = value_flow(self._module, call, place)
            held = place.kind in (PlaceKind.LOCAL, PlaceKind.ATTRIBUTE)
            self._idle[call] = held and not flow.uses and not flow.escapes
        return self._idle[call]

    def _are_apart(self, call: ast.Call) -> bool:
        """Tell whether a call and all that its tests see besides stay in their blocks."""
        seen = {c for function in self.tests_that_see(call) for c in self._seen[function].all}
        return all(self._is_apart(c) for c in {call, *seen} if c is call or not self.is_idle(c))

    def _is_apart(self, call: ast.Call) -> bool:
        """Tell whether nothing outside its block meets a call's value, nor is its state asked for there."""
        if call not in self._apart:
            flow = value_flow(self._module, call, value_place(self._module, call))
            asked = any(self._is_asked(use) for use in flow.uses)
            self._apart[call] = not (asked or flow.escapes) and is_kept_apart(self._module, call)
        return self._apart[call]

    def _is_asked(self, use: Use) -> bool:
        """Tell whether a use may read what others left there: anything but a call, or handing it on."""
        if use.kind is UseKind.PASSED:
            return False
        member = self._module.nodes.parent(use.node)
        call = self._module.nodes.parent(member) if member is not None else None
        call = self._module.nodes.parent(call) if isinstance(call, ast.Call) and call.func is member else None
        call = self._module.nodes.parent(call) if isinstance(call, ast.Await) else call
        return use.kind is not UseKind.MEMBER or not isinstance(call, ast.Expr)

    @cached_property
    def _leaders(self) -> dict[ast.Call, ast.Call]:
        """The first of several calls of which one run keeps only one, by each of the others."""
        leaders: dict[ast.Call, ast.Call] = {}
        for number, call in enumerate(self.calls):
            place, function = value_place(self._module, call), self._module.function(call)
            for first in self.calls[:number]:
                same = value_place(self._module, first) == place and self._module.function(first) is function
                if same and are_alternatives(self._module, first, call, place):
                    leaders[call] = leaders.get(first, first)
        return leaders

    @cached_property
    def _seen(self) -> dict[Function, "_Seen"]:
        return {function: self._sees(function, ()) for function in self._module.nodes.functions()}

    @cached_property
    def _own(self) -> dict[Function, list[ast.Call]]:
        own: dict[Function, list[ast.Call]] = {}
        for call in self.calls:
            for ancestor in self._module.nodes.ancestors(call):
                if isinstance(ancestor, FUNCTIONS):
                    own.setdefault(ancestor, []).append(call)
        return own

    @cached_property
    def _kept(self) -> dict[tuple[ast.ClassDef, str], list[ast.Call]]:
        """The calls whose value is kept on `self` or the class, by class and attribute."""
        kept: dict[tuple[ast.ClassDef, str], list[ast.Call]] = {}
        for call in self.calls:
            place = value_place(self._module, call)
            if place.kind in (PlaceKind.ATTRIBUTE, PlaceKind.CLASS):
                owner = next(
                    (a for a in self._module.nodes.ancestors(call) if isinstance(a, ast.ClassDef)), None
                )
                if owner is not None:
                    kept.setdefault((owner, place.name), []).append(call)
        return kept

    def _sees(self, function: Function, via: tuple[Function, ...]) -> "_Seen":
        """Tell whose values a function sees: its own, by fixtures, helpers, classes and `self`."""
        if function in via or len(via) > MAX_DEPTH:
            return _NOTHING
        via = (*via, function)
        by_class: Counter[ast.Call] = Counter()
        by_call: Counter[ast.Call] = Counter()
        kept: set[ast.Call] = set()
        for other in self._asked(function):
            kept |= self._sees(other, via).all  # a fixture runs once a test, however many ask for it
        owner = self._module.nodes.owner(function)
        for node in walk(function):
            if isinstance(node, ast.Attribute) and owner is not None and _is_own(node):
                kept |= set(self._kept.get((owner, node.attr), ()))
            elif isinstance(node, ast.Call):
                called, is_class = self._called(node, via)
                again = any(isinstance(a, _LOOPS) for a in self._ancestors_in_function(node))
                found = Counter({call: count * (2 if again else 1) for call, count in called.made.items()})
                by_class += found if is_class else Counter()
                by_call += Counter() if is_class else found
                kept |= called.kept
        # What an object's method keeps is made once, though both the class and the method are called.
        return _Seen(Counter(self._own.get(function, ())) + (by_class | by_call), frozenset(kept))

    def _asked(self, function: Function) -> Iterable[Function]:
        if not self._module.pytest.injects(function):
            return
        for argument in (*function.args.args, *function.args.kwonlyargs):
            fixture = self._module.pytest.find_fixture(function, argument.arg)
            if isinstance(fixture, Fixture):
                yield fixture.function

    def _called(self, call: ast.Call, via: tuple[Function, ...]) -> tuple["_Seen", bool]:
        """Tell what a call of a function or class of this module leads to, and whether it is a class."""
        origin = self._module.resolve(call.func)
        if origin is None or not origin.local or origin.made:
            return _NOTHING, False
        last = origin.dotted.rpartition(".")[2]
        for function in self._with_name.get(last, ()):
            if self._module.resolver.qualified(function) == origin.dotted:
                own_test = self._module.pytest.is_collected(function)  # a runner's calls are separate tests
                return (_NOTHING if own_test else self._sees(function, via)), False
        for cls in self._classes.get(last, ()):
            made = Counter(c for (owner, _), calls in self._kept.items() if owner is cls for c in calls)
            return _Seen(made, frozenset()), True
        return _NOTHING, False

    @cached_property
    def _with_name(self) -> dict[str, list[Function]]:
        found: dict[str, list[Function]] = {}
        for function in self._module.nodes.functions():
            found.setdefault(function.name, []).append(function)
        return found

    @cached_property
    def _classes(self) -> dict[str, list[ast.ClassDef]]:
        found: dict[str, list[ast.ClassDef]] = {}
        for cls in self._module.of(ast.ClassDef):
            found.setdefault(cls.name, []).append(cls)
        return found

    def _ancestors_in_function(self, node: ast.AST) -> Iterable[ast.AST]:
        for ancestor in self._module.nodes.ancestors(node):
            if isinstance(ancestor, FUNCTIONS):
                return
            yield ancestor


def _is_own(node: ast.Attribute) -> bool:
    name = node.value
    return isinstance(node.ctx, ast.Load) and isinstance(name, ast.Name) and name.id in ("self", "cls")


def is_about_singleton(module: ModuleFacts, node: ast.AST) -> bool:
    """Tell whether the test around a node is about being a singleton, by its name, class or docstring."""
    for ancestor in module.nodes.ancestors(node):
        if isinstance(ancestor, (*FUNCTIONS, ast.ClassDef)):
            text = ast.get_docstring(ancestor) if isinstance(ancestor, FUNCTIONS) else None
            if _SINGLETON.search(ancestor.name) or (text and _SINGLETON.search(text)):
                return True
    return False


def reads_instance(module: ModuleFacts, places: Iterable[ast.AST]) -> bool:
    """Tell whether one of the places looks at the class's `_instance` (setting it to None is a reset)."""
    return any(
        isinstance(node, ast.Attribute) and node.attr == "_instance" and isinstance(node.ctx, ast.Load)
        for place in places
        for node in walk(place)
    )

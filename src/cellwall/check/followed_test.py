"""Runs through a test as far as its module shows it: set-up, fixtures, helpers, then its own statements."""

import ast
from collections.abc import Iterable
from typing import Final, final

from cellwall.check.asserted import Asserted
from cellwall.check.asserted_values import called_name, is_asserting
from cellwall.check.context_supply import is_context
from cellwall.check.followed_expressions import FollowedExpressions
from cellwall.check.followed_statements import FollowedStatements
from cellwall.check.kept_values import LOG, OUTPUT, KeptValues
from cellwall.check.known_values import NOTHING, KnownValues, Scope, Sources
from cellwall.check.node_index import FUNCTIONS, Function, walk
from cellwall.check.pytest_facts import Fixture, spelled
from cellwall.check.rule import RuleContext
from cellwall.check.test_reach import TestReach

_DEEPEST: Final = 6
_OWN: Final = ("self", "cls")


@final
class FollowedTest:
    """What a test asserts, with the role calls on which that depends.

    Two ways to look: a statement may be written only where a value is seen to flow, so that what is not known
    keeps nothing. A statement may be called false only where no value can flow (`generous`): there, what is
    not known passes on and keeps what it is given.

    Attributes:
        asserted: the assertions in the order in which they stand.
        unknown: whether the test was too long to follow it to its end, so that nothing can be said of it.
    """

    def __init__(
        self, reach: TestReach, calls: Iterable[ast.Call], context: RuleContext, *, generous: bool = False
    ) -> None:
        """Follow the test from its set-up to its end."""
        self._reach, self._calls, self._generous = reach, frozenset(calls), generous
        self._known = KnownValues()
        self._kept = KeptValues(self._known, _users(reach, context), generous=generous)
        self._values = FollowedExpressions(self._known, self._called, self._named)
        self._run = FollowedStatements(self._known, self._values)
        self._open: list[Function] = []
        self._module = self._values.inner(None)
        owner = reach.module.nodes.owner(reach.test)
        self._methods = {n.name: n for n in owner.body if isinstance(n, FUNCTIONS)} if owner else {}
        defined = [n for n in reach.module.tree.body if isinstance(n, FUNCTIONS)]
        self._module.functions = {n.name: n for n in defined if not n.name.startswith("test")}
        for unit in reach.set_up:
            self._inline(unit, self._module, self._asked_for(unit))
        scope = self._values.inner(self._module)
        for name, sources in self._asked_for(reach.test).items():
            self._known.bind(scope, name, sources)
        self._run.run(reach.test.body, scope)
        self.unknown: bool = self._values.effort.too_much
        self.asserted: list[Asserted] = sorted(self._run.asserted.values(), key=_place)
        del self._values, self._run  # they hold this object, and with it the module

    def _asked_for(self, function: Function) -> dict[str, Sources]:
        """Give what pytest passes to a function; what is printed and logged has no value at the start."""
        names = [argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)]
        return {name: self._fixture(function, name) for name in names if name not in (*OUTPUT, LOG, *_OWN)}

    def _fixture(self, function: Function, name: str) -> Sources:
        found = self._reach.module.pytest.find_fixture(function, name)
        if not isinstance(found, Fixture) or found.function in self._open or len(self._open) > _DEEPEST:
            return NOTHING
        self._open.append(found.function)
        given = self._asked_for(found.function)
        self._open.pop()
        return self._inline(found.function, self._module, given)

    def _named(self, name: str, scope: Scope) -> Sources | None:
        """Give what a function that is passed on will give, and what was printed; None for other names."""
        if name in (*OUTPUT, LOG) and not self._known.knows(scope, name):
            return self._kept.read(name)
        function = self._known.function(scope, name)
        return None if function is None else self._inline(*function, {})

    def _called(self, call: ast.Call, scope: Scope) -> Sources:
        values = [argument.value if isinstance(argument, ast.Starred) else argument for argument in call.args]
        given = [self._values.of(value, scope) for value in (*values, *(k.value for k in call.keywords))]
        passed = NOTHING.union(*given)
        found = self._function(call, scope)
        if call in self._calls:
            sources = passed | {call}
        elif found is not None:
            sources = self._inlined(call, *found, given)
        else:
            receiver = self._values.of(call.func, scope)
            sources = receiver | passed | self._made_inside(call) | self._kept.read_by(call)
            self._kept.keep(call, passed, scope)
            for value in call.args if self._generous else ():
                if spelled(value):
                    self._known.add(scope, spelled(value), sources)
        if self._run.blocks and sources:
            self._run.blocks[-1].append((call, sources))
        if is_asserting(call) and not isinstance(self._reach.module.nodes.parent(call), ast.withitem):
            self._values.seen[call] = sources
            self._run.note(call, None if called_name(call.func) == "fail" else call)
        return sources

    def _function(self, call: ast.Call, scope: Scope) -> tuple[Function, Scope] | None:
        match call.func:
            case ast.Name(id=name):
                return self._known.function(scope, name)
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name) if name in self._methods:
                return self._methods[name], self._module
            case _:
                return None

    def _inlined(self, call: ast.Call, function: Function, scope: Scope, given: list[Sources]) -> Sources:
        """Follow a call of a function of the module; what it asserts, the call does."""
        outside, self._run.of_called = self._run.of_called, NOTHING
        names = [a.arg for a in (*function.args.posonlyargs, *function.args.args) if a.arg not in _OWN]
        every = NOTHING.union(*given)
        straight = not any(isinstance(argument, ast.Starred) for argument in call.args)
        values = dict(zip(names, given, strict=False)) if straight else dict.fromkeys(names, every)
        for keyword, sources in zip(call.keywords, given[len(call.args) :], strict=True):
            values |= {keyword.arg: sources} if keyword.arg else dict.fromkeys(names, every)
        for rest in (function.args.vararg, function.args.kwarg):
            values |= {rest.arg: every} if rest else {}
        sources = self._inline(function, scope, values)
        inner, self._run.of_called = self._run.of_called, outside
        if inner:
            self._values.seen[call] = inner | sources
            self._run.note(call, call)
        return sources | every if self._generous else sources

    def _inline(self, function: Function, scope: Scope, given: dict[str, Sources]) -> Sources:
        if function in self._open or len(self._open) > _DEEPEST:
            return NOTHING.union(*given.values())
        inner = self._values.inner(scope)
        for argument in walk(function.args):
            if isinstance(argument, ast.arg) and argument.arg not in _OWN:
                self._known.bind(inner, argument.arg, given.get(argument.arg, NOTHING))
        self._open.append(function)
        self._values.given.append(NOTHING)
        self._run.inside += 1
        self._run.run(function.body, inner)
        self._run.inside -= 1
        self._open.pop()
        return self._values.given.pop()

    def _made_inside(self, call: ast.Call) -> Sources:
        """Give the role calls in the class that is called: what is made of it may hold what they give."""
        name = called_name(call.func)
        classes = [c for c in self._reach.module.of(ast.ClassDef) if c.name == name] if self._generous else []
        return frozenset(node for cls in classes for node in walk(cls) if node in self._calls)


def _place(asserted: Asserted) -> tuple[int, int]:
    return getattr(asserted.node, "lineno", 0), getattr(asserted.node, "col_offset", 0)


def _users(reach: TestReach, context: RuleContext) -> dict[str, frozenset[str]]:
    """Give the names of contexts in what a test reaches, with the texts of which each is made."""
    users: dict[str, frozenset[str]] = {}
    for node in (inner for unit in reach.units for inner in walk(unit)):
        match node:
            case ast.Assign(targets=[ast.Name() as name], value=ast.Call(args=args)) if is_context(
                reach.module, name, context
            ) or is_context(reach.module, node.value, context):
                texts = {a.value for a in args if isinstance(a, ast.Constant) and isinstance(a.value, str)}
                users[name.id] = users.get(name.id, frozenset()) | texts
            case _:
                pass
    return users

"""Follows values through expressions: on which role calls does what they give depend?"""

import ast
from collections.abc import Callable
from typing import final

from cellwall.check.effort import Effort
from cellwall.check.known_values import NOTHING, KnownValues, Scope, Sources
from cellwall.check.node_index import children, walk
from cellwall.check.pytest_facts import spelled

Called = Callable[[ast.Call, Scope], Sources]
Named = Callable[[str, Scope], Sources | None]


@final
class FollowedExpressions:
    """Gives what expressions depend on. Calls, and names of functions, are for somebody else to follow."""

    def __init__(self, known: KnownValues, called: Called, named: Named) -> None:
        """Keep what is known, and how calls and functions that are passed on are followed."""
        self._known = known
        self._called = called
        self._named = named
        self._last = 0
        self.effort: Effort = Effort()
        self.given: list[Sources] = [NOTHING]  # by each function that is being followed, the test first
        self.seen: dict[ast.expr, Sources] = {}  # what each expression depended on when it last ran

    def inner(self, outer: Scope | None, *, comprehension: bool = False) -> Scope:
        """Make a scope inside another."""
        self._last += 1
        return Scope(self._last, outer, comprehension=comprehension)

    def of(self, node: ast.expr | None, scope: Scope) -> Sources:
        """Give the role calls on which a value depends, and follow what its evaluation does."""
        if node is None:
            return NOTHING
        with self.effort:
            self.seen[node] = sources = NOTHING if self.effort.too_much else self._of(node, scope)
        return sources

    def _of(self, node: ast.expr, scope: Scope) -> Sources:
        match node:
            case ast.Constant():
                return NOTHING
            case ast.Name() | ast.Attribute():
                path = spelled(node)
                if not path:
                    return self.all_of(node, scope)
                passed = self._named(path.partition(".")[0], scope)
                return self._known.read(scope, path) if passed is None else passed
            case ast.Call():
                return self._called(node, scope)
            case ast.NamedExpr(target=target, value=value):
                sources = self.of(value, scope)
                self.bind(target, sources, scope)
                return sources
            case ast.Lambda(args=args, body=body):
                inner = self.inner(scope, comprehension=True)
                for argument in walk(args):
                    if isinstance(argument, ast.arg):
                        self._known.bind(inner, argument.arg, NOTHING)
                return self.of(body, inner)
            case ast.Yield() | ast.YieldFrom():
                self.given[-1] |= self.of(node.value, scope)
                return NOTHING
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                return self._comprehension(node, scope)
            case _:
                return self.all_of(node, scope)

    def all_of(self, node: ast.AST, scope: Scope) -> Sources:
        """Give what any expression directly in a node depends on."""
        inner = [c.value if isinstance(c, ast.keyword) else c for c in children(node)]
        return NOTHING.union(*(self.of(child, scope) for child in inner if isinstance(child, ast.expr)))

    def bind(self, target: ast.expr, sources: Sources, scope: Scope) -> None:
        """Give a value to what stands on the left; one in a container stays beside what was there."""
        match target:
            case ast.Name(id=name):
                while scope.outer is not None and scope.comprehension:
                    scope = scope.outer
                self._known.bind(scope, name, sources)
            case ast.Attribute():
                path = spelled(target)
                if path:
                    self._known.bind(scope, path, sources)
            case ast.Subscript(value=value):
                path = spelled(value)
                if path:
                    self._known.add(scope, path, sources)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                for element in elements:
                    self.bind(element, sources, scope)
            case ast.Starred(value=value):
                self.bind(value, sources, scope)
            case _:
                pass

    def assign(self, target: ast.expr, value: ast.expr, scope: Scope) -> None:
        """Follow `target = value`; of tuples on both sides each to its own."""
        alike = (
            isinstance(target, ast.Tuple)
            and isinstance(value, ast.Tuple)
            and len(target.elts) == len(value.elts)
            and not any(isinstance(element, ast.Starred) for element in (*target.elts, *value.elts))
        )
        if alike:
            values = [self.of(element, scope) for element in value.elts]  # type: ignore[attr-defined]
            for element, sources in zip(target.elts, values, strict=True):  # type: ignore[attr-defined]
                self.bind(element, sources, scope)
        else:
            self.bind(target, self.of(value, scope), scope)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, scope: Scope
    ) -> Sources:
        inner, chosen = self.inner(scope, comprehension=True), NOTHING
        for generator in node.generators:
            sources = self.of(generator.iter, inner)
            for name in walk(generator.target):
                if isinstance(name, ast.Name):
                    self._known.bind(inner, name.id, sources)
            chosen = chosen.union(*(self.of(each, inner) for each in generator.ifs))
        elements = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
        return chosen.union(*(self.of(element, inner) for element in elements))

"""Follows values through statements in the order in which they run: branches are joined, loops run twice."""

import ast
from collections.abc import Iterable
from typing import final

from cellwall.check.asserted import Asserted, Part, parts_of, sides_of
from cellwall.check.asserted_values import assertions, is_asserting
from cellwall.check.followed_expressions import FollowedExpressions
from cellwall.check.known_values import NOTHING, KnownValues, Scope, Sources
from cellwall.check.node_index import walk


@final
class FollowedStatements:
    """Runs through the statements of a test, and of what it calls, and notes what is asserted."""

    def __init__(self, known: KnownValues, values: FollowedExpressions) -> None:
        """Keep what is known so far and what follows expressions."""
        self._known = known
        self._values = values
        self._conditions: list[Part] = []
        self.blocks: list[list[Part]] = []  # the calls in each open block that has to raise
        self.inside = 0  # how many called functions are open; what they assert, their caller does
        self.asserted: dict[ast.AST, Asserted] = {}
        self.of_called: Sources = NOTHING

    def run(self, body: Iterable[ast.stmt], scope: Scope) -> None:
        """Follow statements one after another."""
        for node in body:
            with self._values.effort as effort:
                if not effort.too_much:
                    self._statement(node, scope)

    def note(self, node: ast.AST, whole: ast.expr | None, around: Part | None = None) -> None:
        """Note an assertion that ran just now; without `whole` it depends on the conditions around it."""
        seen = self._values.seen
        parts = [(part, seen[part]) for part in parts_of(whole) if part in seen] if whole else []
        parts += [] if whole else self._conditions
        own = [seen.get(whole, NOTHING)] if whole else [each for _, each in self._conditions]
        sources = NOTHING.union(*own, around[1] if around else NOTHING)
        if self.inside:
            self.of_called |= sources
            return
        if node in self.asserted:
            sources |= self.asserted[node].sources
        sides = [(side, seen[side]) for side in sides_of(whole) if side in seen] if whole else []
        self.asserted[node] = Asserted(node, whole, tuple(sides), tuple(parts), around, sources)

    def _statement(self, node: ast.stmt, scope: Scope) -> None:  # noqa: PLR0912
        values = self._values
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    values.assign(target, value, scope)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                values.assign(target, value, scope)
            case ast.AugAssign(target=target, value=value):
                values.bind(target, values.of(target, scope) | values.of(value, scope), scope)
            case ast.Assert(test=test):
                values.of(test, scope)
                self.note(node, test)
            case ast.Raise(exc=raised):
                values.of(raised, scope)
                if any(assertions([node])):
                    self.note(node, None)
            case ast.Return(value=value):
                values.given[-1] |= values.of(value, scope)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                self._known.bind(scope, name, NOTHING)
                scope.functions[name] = node
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                scope.shared.update(names)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                for alias in aliases:
                    self._known.bind(scope, (alias.asname or alias.name).partition(".")[0], NOTHING)
            case ast.Delete(targets=targets):
                for target in targets:
                    values.bind(target, NOTHING, scope)
            case ast.ClassDef(name=name):
                self._known.bind(scope, name, NOTHING)
            case _:
                self._compound(node, scope)

    def _compound(self, node: ast.stmt, scope: Scope) -> None:
        values = self._values
        match node:
            case ast.If(test=test, body=body, orelse=orelse):
                self._branches((test, values.of(test, scope)), [body, orelse], scope)
            case ast.While(test=test, body=body, orelse=orelse):
                self._loop((test, values.of(test, scope)), [ast.Expr(test), *body], scope)
                self.run(orelse, scope)
            case ast.For() | ast.AsyncFor():
                self._loop(None, node.body, scope, node)
                self.run(node.orelse, scope)
            case ast.With() | ast.AsyncWith():
                self._block(node, scope)
            case ast.Try() | ast.TryStar():
                self._attempt(node, scope)
            case ast.Match(subject=subject, cases=cases):
                sources = values.of(subject, scope)
                for case in cases:
                    values.of(case.guard, scope)
                    for name in [getattr(n, "name", None) for n in walk(case.pattern)]:
                        if name:
                            self._known.bind(scope, name, sources)
                self._branches((subject, sources), [*(case.body for case in cases), []], scope)
            case _:
                values.all_of(node, scope)

    def _branches(self, condition: Part | None, bodies: list[list[ast.stmt]], scope: Scope) -> None:
        self._conditions += [condition] if condition else []
        before, after = dict(self._known.sources), []
        for body in bodies:
            self._known.sources = dict(before)
            self.run(body, scope)
            after.append(self._known.sources)
        self._known.sources = after[0]
        for each in after[1:]:
            self._known.join(each)
        if condition:
            self._conditions.pop()

    def _loop(
        self,
        condition: Part | None,
        body: list[ast.stmt],
        scope: Scope,
        loop: ast.For | ast.AsyncFor | None = None,
    ) -> None:
        for _ in range(2):  # what one turn leaves behind, the next one finds
            if loop is not None:
                self._values.bind(loop.target, self._values.of(loop.iter, scope), scope)
            self._branches(condition, [body, []], scope)

    def _block(self, node: ast.With | ast.AsyncWith, scope: Scope) -> None:
        expecting = [item for item in node.items if is_asserting(item.context_expr)]
        for item in node.items:
            sources = self._values.of(item.context_expr, scope)
            if item.optional_vars is not None and item not in expecting:
                self._values.bind(item.optional_vars, sources, scope)
        if expecting:
            self.blocks.append([])
        self.run(node.body, scope)
        if expecting:
            calls = self.blocks.pop()
            item = expecting[-1]
            if item.optional_vars is not None:
                caught = NOTHING.union(*(sources for _, sources in calls))
                self._values.bind(item.optional_vars, caught, scope)
            self.note(node, item.context_expr, calls[-1] if calls else None)

    def _attempt(self, node: ast.Try | ast.TryStar, scope: Scope) -> None:
        self.blocks.append([])
        self._branches(None, [node.body, []], scope)
        raised = NOTHING.union(*(sources for _, sources in self.blocks.pop()))
        for handler in node.handlers:
            if handler.name:
                self._known.bind(scope, handler.name, raised)
        bodies = [*(handler.body for handler in node.handlers), node.orelse]
        self._branches(None, bodies, scope)
        self.run(node.finalbody, scope)

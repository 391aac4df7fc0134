"""Whether what a statement says of roles is so: whose context they get, and what is asserted of theirs."""

import ast
from collections.abc import Iterable
from typing import Final

from cellwall.check.asserted import Asserted
from cellwall.check.asserted_values import flowing_into, names_of
from cellwall.check.context_supply import is_context
from cellwall.check.deferred_pattern import deferred
from cellwall.check.followed_test import FollowedTest
from cellwall.check.node_index import FUNCTIONS, walk
from cellwall.check.role_calls import RoleCall, role_calls
from cellwall.check.rule import RuleContext
from cellwall.check.stated_isolation import Stated, last_words
from cellwall.check.test_reach import TestReach

_QUOTED: Final = deferred(r"`([^`]+)`")


def untrue_flow(reach: TestReach, statement: Stated, context: RuleContext) -> str:
    """Say which role's value does not go where a statement says, "" when all do or none is spoken of."""
    calls = [call for call in _calls(reach, context) if _speaks_of(statement, call)]
    if not calls or reach.opaque:
        return ""
    head = calls[0].head
    own = [call for call in calls if _is_given(reach, statement, call, context)]
    if not own:
        return f"names the context of another user than the one that `{head}` is given"
    followed = FollowedTest(reach, (call.call for call in own), context, generous=True)
    asserted = followed.asserted
    if followed.unknown:
        return ""
    if not any(each.sources for each in asserted):
        return f"names a boundary, and nothing that `{head}` gives is asserted"
    quoted = [" ".join(text.split()) for text in _QUOTED.findall(statement.boundary)]
    whole = [each for each in asserted if _texts(reach, each) & set(quoted)]
    if whole and not any(each.sources for each in whole):
        return f"quotes an assertion that does not depend on what `{head}` gives"
    if statement.boundary.startswith("the test asserts `") and not whole:
        return f"quotes `{quoted[0]}`, which the test does not assert"
    return ""


def _calls(reach: TestReach, context: RuleContext) -> list[RoleCall]:
    """Give the role calls whose values are used; what others do shows in what they leave behind."""
    found = role_calls(reach.module, reach.units, context)
    return [each for each in found if not _is_dropped(reach, each.call)]


def _is_dropped(reach: TestReach, call: ast.Call) -> bool:
    parent = reach.module.nodes.parent(call)
    parent = reach.module.nodes.parent(parent) if isinstance(parent, ast.Await) else parent
    return isinstance(parent, ast.Expr)


def _speaks_of(statement: Stated, call: RoleCall) -> bool:
    return call.head in statement.mechanism or call.head.split(".")[-1] in last_words(statement.mechanism)


def _is_given(reach: TestReach, statement: Stated, call: RoleCall, context: RuleContext) -> bool:
    """Tell whether a call is given the context that is named as the owner, if one is named."""
    if "{context}" not in call.role.create:
        return True
    named = last_words(statement.owner) & _contexts(reach, context)
    given = names_of(call.call)
    bodies = [unit.body for unit in reach.units if isinstance(unit, FUNCTIONS)]
    return not named or any(named & flowing_into(given, body) for body in bodies)


def _contexts(reach: TestReach, context: RuleContext) -> frozenset[str]:
    names: Iterable[ast.Name] = (
        node for unit in reach.units for node in walk(unit) if isinstance(node, ast.Name)
    )
    return frozenset(name.id for name in names if is_context(reach.module, name, context))


def _texts(reach: TestReach, asserted: Asserted) -> set[str]:
    """Give what a statement may quote of an assertion."""
    if asserted.whole is None:
        return set()
    text = " ".join(reach.module.text(asserted.whole).split())
    return {text, text.removeprefix("self.")}

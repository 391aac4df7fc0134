"""CW302: shared state that is asked about before an await and changed after it, without a lock."""

import ast
import re
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.changed_state_gate import CHANGED_CONTAINER
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.function_shape import (
    end,
    parameters,
    position,
    waits,
)
from cellwall.check.gaps import ASYNC_BLOCK
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import walk
from cellwall.check.request_reach import Reach, request_reach
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.check.shared_names import (
    Change,
    changes,
    module_containers,
)


@final
class CheckThenActAcrossAwait:
    """Shared state that is asked about before an await and changed after it, without a lock.

    What it does:
        Finds `if key not in shared:` or `if shared.get(key) is None:` on a dictionary of the module, an
        await, and then a change of the same dictionary under the same key, in one coroutine and with no
        lock around.

    Why it leaks:
        While the coroutine waits, another request asks the same question and gets the same answer. Both
        act: the second one replaces the first one's session, counts a credit twice, or gives out one
        thing to two.

    Example:
        async def session_for(room):
            if room not in sessions:
                sessions[room] = await open_session(room)
            return sessions[room]

    Use instead:
        async def session_for(room):
            async with lock:
                if room not in sessions:
                    sessions[room] = await open_session(room)
            return sessions[room]

    Fix safety:
        Never repaired: which lock it has to be is a decision.
    """

    name: ClassVar[str] = "check-then-act-across-await"
    code: ClassVar[str] = "CW302"
    family: ClassVar[Family] = Family.ASYNC
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "sessions = {}\n\n\nasync def session_for(room):\n    async with lock:\n"
            "        if room not in sessions:\n            sessions[room] = await open_session(room)\n",
            path="app/rooms.py",
        ),
        Example(
            "sessions = {}\n\n\nasync def session_for(room):\n    if room not in sessions:\n"
            "        sessions[room] = make(room)\n    await sessions[room].open()\n",
            path="app/rooms.py",
        ),
        Example(
            "known = {'name': None}\n\n\nasync def bank_name():\n    if known['name'] is None:\n"
            "        known['name'] = await config.bank_name()\n    return known['name']\n",
            path="app/bank.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "sessions = {}\n\n\nasync def session_for(room):\n    if room not in sessions:\n"
            "        sessions[room] = await open_session(room)\n    return sessions[room]\n",
            path="app/rooms.py",
        ),
        Example(
            "credits = {}\n\n\nasync def spend(user_id):\n    if credits.get(user_id, 0) > 0:\n"
            "        await charge(user_id)\n        credits[user_id] -= 1\n",
            path="app/credits.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the words of the question and of the wait."""
        return (
            IN_SERVICE
            & Gate.any_of(b"await", b"async")
            & Gate.any_of(b"await", *ASYNC_BLOCK)
            & Gate.any_of(b"if")
            & Gate.any_of(*CHANGED_CONTAINER)
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each question whose answer may be old when it is acted on."""
        if not module_containers(module) or module.is_test or never_in_service(module.path):
            return
        for change in changes(module):
            function = change.function
            if change.how != "[]" or change.key is None or not isinstance(function, ast.AsyncFunctionDef):
                continue
            asked = _question(module, change)
            if asked is None or _is_locked(module, change.node) or _is_same_for_all(change):
                continue
            last = end(module.nodes.statement(change.node) or change.node)
            between = [w for w in waits(module, function) if end(asked.test) < position(w) < last]
            if between and request_reach(module, function) is not Reach.NO:
                line = position(between[0])[0]
                message = f"`{change.name}` may have changed while line {line} waited since this was asked"
                yield finding(self, module, asked.test, message)


def _question(module: ModuleFacts, change: Change) -> ast.If | None:
    """Give the `if` around a change that asks about the same key of the same container."""
    child: ast.AST = change.node
    key = ast.dump(change.key) if change.key is not None else ""
    for ancestor in module.nodes.ancestors(change.node):
        if ancestor is change.function:
            return None
        if isinstance(ancestor, ast.If) and child in ancestor.body and _asks(ancestor.test, change.name, key):
            return ancestor
        child = ancestor
    return None


def _asks(test: ast.expr, name: str, key: str) -> bool:
    for node in walk(test):
        match node:
            case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()], comparators=[ast.Name(id=other)]):
                if other == name and ast.dump(left) == key:
                    return True
            case ast.Call(func=ast.Attribute(value=ast.Name(id=other), attr="get"), args=[first, *_]):
                if other == name and ast.dump(first) == key:
                    return True
            case ast.Subscript(value=ast.Name(id=other), slice=index):
                if other == name and ast.dump(index) == key:
                    return True
    return False


def _is_same_for_all(change: Change) -> bool:
    """Tell whether a constant key is given what depends on no caller: made twice, it is the same."""
    given = {argument.arg for argument in parameters(change.function)}
    return isinstance(change.key, ast.Constant) and not any(
        isinstance(node, ast.Name) and node.id in given for value in change.values for node in walk(value)
    )


def _is_locked(module: ModuleFacts, node: ast.AST) -> bool:
    return any(
        isinstance(ancestor, (ast.With, ast.AsyncWith))
        and any(_LOCK.search(ast.unparse(item.context_expr)) for item in ancestor.items)
        for ancestor in module.nodes.ancestors(node)
    )


_LOCK: Final = deferred(r"lock|mutex|semaphore|guard|synchroni", re.IGNORECASE)

"""CW201: data of a request put into a container that the module keeps for everybody."""

import ast
from collections.abc import Iterable, Iterator
from typing import ClassVar, Final, final

from cellwall.check.changed_state_gate import CHANGED_CONTAINER
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gaps import CLOSED, GAP
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import walk
from cellwall.check.pytest_facts import spelled
from cellwall.check.request_data import from_request, tells_user
from cellwall.check.request_handlers import request_handlers
from cellwall.check.request_reach import Reach, request_reach
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.service_gates import handles_requests
from cellwall.check.settings import CheckSettings
from cellwall.check.shared_names import (
    CHANGING,
    Change,
    changes,
    changes_elsewhere,
)


@final
class RequestDataInModuleState:
    """Data of one request in a container that the module keeps for everybody.

    What it does:
        Finds a list, set or dictionary at module level into which a function puts data of a request:
        what a request handler is given, or a parameter that is called `request`, `user`, `token` and
        the like. In a file that answers requests it may be another module's. An item under the user's
        own key is no finding, and what the same function takes out again is none.

    Why it leaks:
        A module is loaded once for all users. What one request leaves there, the next one reads; two
        requests at the same time overwrite each other.

    Example:
        recent = []

        @app.post("/ask")
        async def ask(question: str):
            recent.append(question)
            return {"answer": answer(recent)}

    Use instead:
        @app.post("/ask")
        async def ask(question: str, user_context: UserExecutionContext = Depends(context)):
            recent = await store.recent(user_context.user_id)

    Fix safety:
        Never repaired: where the data should live instead is a decision.
    """

    name: ClassVar[str] = "request-data-in-module-state"
    code: ClassVar[str] = "CW201"
    family: ClassVar[Family] = Family.STATE
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from fastapi import FastAPI\n\napp = FastAPI()\nsessions = {}\n\n\n"
            '@app.post("/login")\nasync def login(user_id: str):\n    sessions[user_id] = 1\n',
            path="app/main.py",
        ),
        Example("NAMES = []\n\n\ndef register(name):\n    NAMES.append(name)\n", path="app/names.py"),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from fastapi import FastAPI\n\napp = FastAPI()\nrecent = []\n\n\n"
            '@app.post("/ask")\nasync def ask(question: str):\n    recent.append(question)\n'
            "    return recent\n",
            path="app/main.py",
        ),
        Example(
            "from flask import Flask, request\n\napp = Flask(__name__)\nstate = {}\n\n\n"
            '@app.route("/name")\ndef name():\n    state["name"] = request.args["name"]\n    return "ok"\n',
            path="app/main.py",
        ),
        Example("current = {}\n\n\ndef remember(user):\n    current['user'] = user\n", path="app/current.py"),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what changes a container: one of the file, or in a file of handlers one that it imports."""
        return (
            IN_SERVICE
            & handles_requests(*CHANGED_CONTAINER)
            & Gate.any_of(*CHANGED_CONTAINER, _ITEM_SET, _CHANGED)
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each change that puts in what belongs to one request."""
        elsewhere = changes_elsewhere(module) if request_handlers(module) else []
        for change in (*changes(module), *elsewhere):
            reach = request_reach(module, change.function)
            if reach is Reach.NO or not _puts_in(module, change) or _takes_out(module, change):
                continue
            if _is_made_of_itself(change) or _is_for_all(module, change):
                continue
            if reach is Reach.UNKNOWN and not _is_of_a_user(module, change):
                continue
            message = f"`{change.name}` is kept for all users, and data of one request is put into it"
            severity = None if reach is Reach.YES else Severity.INFO
            yield finding(self, module, change.node, message, severity=severity)


_ITEM_SET: Final = deferred(rb"\]" + CLOSED + rb"(?:=(?!=)|:|[-+*/|&^%@<>]{1,2}=)")
_CHANGED: Final = deferred(rb"\." + GAP + rb"(?:" + "|".join(sorted(CHANGING)).encode() + rb")\b")


def _is_made_of_itself(change: Change) -> bool:
    """Tell whether an item is replaced by what is left of it."""
    return any(
        isinstance(value, ast.ListComp | ast.DictComp | ast.SetComp)
        and isinstance(value.elt if not isinstance(value, ast.DictComp) else value.value, ast.Name)
        and any(isinstance(n, ast.Name) and n.id == change.name for n in walk(value.generators[0].iter))
        for value in change.values
    )


def _is_for_all(module: ModuleFacts, change: Change) -> bool:
    """Tell whether administrators set something for everybody, under a name that is written out."""
    if change.key is None and change.how != "update":
        return False
    given = change.function.args
    asked = (*change.function.decorator_list, *given.defaults, *(d for d in given.kw_defaults if d))
    places = (module.path, change.function.name, *map(ast.unparse, asked))
    return any("admin" in place.lower() for place in places)


def _puts_in(module: ModuleFacts, change: Change) -> bool:
    """Tell whether a change puts in data of a request, not under a key that keeps requests apart."""
    if change.key is not None and not isinstance(change.key, ast.Constant):
        return False
    if change.how == "add" and any(_is_id(value) for value in change.values):
        return False  # a set of ids, which is asked for one of them
    return any(from_request(module, change.function, value) for value in change.values)


def _is_id(value: ast.expr) -> bool:
    return _ID.search(spelled(value).rpartition(".")[2]) is not None


_ID: Final = deferred(r"(^|_)(s?id|key|uuid|token|name|hash|url|path)$")


def _takes_out(module: ModuleFacts, change: Change) -> bool:
    """Tell whether the same function, or one in it, takes something out of the container again."""
    taken = module.fact(_taken_out)
    if change.function not in taken:
        taken[change.function] = frozenset(_names_taken_out(change.function))
    return change.name in taken[change.function]


def _taken_out(module: ModuleFacts) -> dict[ast.AST, frozenset[str]]:
    """The containers out of which functions take something, by function, as far as somebody asked."""
    return {}


def _names_taken_out(function: ast.AST) -> Iterator[str]:
    for node in walk(function):
        match node:
            case ast.Attribute(value=ast.Name() | ast.Attribute() as kept, attr=method) if method in _TAKING:
                yield spelled(kept)
            case ast.Subscript(ctx=ast.Del(), value=kept):
                yield spelled(kept)


_TAKING: Final = frozenset({"remove", "discard", "pop", "clear", "popitem", "popleft"})


def _is_of_a_user(module: ModuleFacts, change: Change) -> bool:
    return any(tells_user(module, change.function, value) for value in change.values)

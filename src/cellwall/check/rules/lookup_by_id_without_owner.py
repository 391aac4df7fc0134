"""CW404: one row of somebody, looked up by an id from the request, without asking whose it is."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.called_names import calls_named
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.function_shape import parameter_names
from cellwall.check.gaps import method_called
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.known_name import is_named
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.owned_rows import SPEAKS_OF_USERS, answers_a_user, minds_owner, owner_columns
from cellwall.check.pytest_facts import spelled
from cellwall.check.request_data import from_request, tells_user
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.sent_values import sent_name
from cellwall.check.service_gates import handles_requests
from cellwall.check.settings import CheckSettings
from cellwall.check.shared_names import is_of_module, module_containers
from cellwall.check.summaries.owned_models import OwnedModels
from cellwall.check.summary import FileSummary

_MODEL: Final = (
    "from fastapi import FastAPI\nfrom sqlalchemy import Column, Integer\nfrom app.db import Base\n\n"
    "app = FastAPI()\n\n\nclass Note(Base):\n    user_id = Column(Integer)\n\n\n"
)


@final
class LookupByIdWithoutOwner:
    """One row that belongs to somebody, looked up by an id from the request, without asking whose it is.

    What it does:
        Finds `session.get(Model, id)`, `Model.objects.get(pk=id)`, `get_object_or_404(Model, pk=id)`
        and `Model.query.get(id)` on a model with an owner column, in a request handler that knows the
        user, where the id comes from the request and the function never names the owner column nor
        anything that decides who may have what. The same for `documents[document_id]` on a dictionary
        of the module and `store.get(document_id)`, as a warning.

    Why it leaks:
        Ids can be guessed, counted up or seen in a link. Whoever sends another user's id gets that
        user's row.

    Example:
        @app.get("/notes/{note_id}")
        async def note(note_id: int, current_user: User = Depends(user), db=Depends(get_db)):
            return await db.get(Note, note_id)

    Use instead:
        note = await db.get(Note, note_id)
        if note is None or note.user_id != current_user.id:
            raise HTTPException(404)
        return note

    Fix safety:
        Never repaired: rows that all users may see are a decision.
    """

    name: ClassVar[str] = "lookup-by-id-without-owner"
    code: ClassVar[str] = "CW404"
    family: ClassVar[Family] = Family.DATA
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None
    summaries: ClassVar[tuple[FileSummary, ...]] = (OwnedModels(),)

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            _MODEL + "@app.get('/notes/{note_id}')\nasync def note(note_id: int, current_user, db):\n"
            "    note = await db.get(Note, note_id)\n"
            "    return note if note.user_id == current_user.id else None\n",
            path="app/main.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            _MODEL + "@app.get('/notes/{note_id}')\nasync def note(note_id: int, current_user, db):\n"
            "    return await db.get(Note, note_id)\n",
            path="app/main.py",
        ),
        Example(
            "from fastapi import FastAPI\n\napp = FastAPI()\ndocuments = {}\n\n\n"
            "@app.get('/documents/{document_id}')\nasync def document(document_id: str, current_user):\n"
            "    return documents[document_id]\n",
            path="app/main.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what looks a row up."""
        return (
            IN_SERVICE
            & Gate.any_of(b"_id", b"_uuid", b"_key", b"_or_404", method_called(b"get", b"get_one"))
            & SPEAKS_OF_USERS
            & handles_requests()
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each row that anybody gets who knows its id."""
        if module.is_test or never_in_service(module.path):
            return
        yield from self._kept(module)
        for call in module.of(ast.Call):
            found = _looked_up(module, call) if _may_look_up(call) else None
            function = module.function(call) if found is not None else None
            if found is None or function is None:
                continue
            model, key = found
            columns = owner_columns(module, model, context)
            if not columns or not answers_a_user(module, function) or minds_owner(module, function, columns):
                continue
            if _is_of_another(function, key):
                continue
            if from_request(module, function, key) and not tells_user(module, function, key):
                message = (
                    f"anybody who sends its id gets this `{spelled(model)}`: nothing asks for `{columns[0]}`"
                )
                yield finding(self, module, call, message)

    def _kept(self, module: ModuleFacts) -> Iterable[Finding]:
        """Give a finding for each thing that the module keeps by id, or a store gives, for whoever asks."""
        for node in (*module.of(ast.Subscript), *calls_named(module, _FETCHING)):
            found = _of_store(module, node)
            function = module.function(node) if found is not None else None
            if found is None or function is None or not answers_a_user(module, function):
                continue
            if not sent_name(module, function, found[1]) or tells_user(module, function, found[1]):
                continue
            if not minds_owner(module, function, ("owner_id", "user_id")):
                message = f"anybody who sends its id gets what `{spelled(found[0])}` keeps for somebody"
                yield finding(self, module, node, message, severity=Severity.WARNING)


_OWNED: Final = deferred(
    r"^(doc|document|file|note|order|invoice|message|conversation|chat|report|upload|image|record|project|item|"
    r"draft|artifact|workflow|agent|run)s?_(id|uuid|key)$"
)
_FETCHING: Final = ("get", "get_by_id", "find", "load", "fetch")
_STORES: Final = deferred(r"(^|_)(store|storage|repo|repository)$")


def _of_store(module: ModuleFacts, node: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """Give what keeps things by id, and the id: a dictionary of the module, a store, a repository."""
    match node:
        case ast.Subscript(value=ast.Name() as kept, slice=ast.Name(id=name) as key, ctx=ast.Load()):
            shared = kept.id in module_containers(module) and is_of_module(module, kept)
            return (kept, key) if shared and _OWNED.match(name) else None
        case ast.Call(
            func=ast.Attribute(value=ast.Name() | ast.Attribute() as kept), args=[ast.Name(id=name) as key]
        ) if _OWNED.match(name):
            last = spelled(kept).rpartition(".")[2]
            shared = isinstance(kept, ast.Name) and kept.id in module_containers(module)
            return (kept, key) if shared or _STORES.search(last) else None
    return None


def _is_of_another(function: Function, key: ast.expr) -> bool:
    """Tell whether the id is taken off an object that the function has made or found before."""
    root = key
    while isinstance(root, ast.Attribute):
        root = root.value
    given = parameter_names(function)
    return root is not key and isinstance(root, ast.Name) and root.id not in ("self", *given)


def _may_look_up(call: ast.Call) -> bool:
    """Tell by the spelling alone whether `_looked_up` is worth asking: most calls are of other names."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr in ("get", "get_or_404", "get_one")
    return bool(call.keywords)


def _looked_up(module: ModuleFacts, call: ast.Call) -> tuple[ast.expr, ast.expr] | None:
    """Give the model and the id of a look-up, None for any other call."""
    by_id = next((k.value for k in call.keywords if k.arg in ("pk", "id", "uuid")), None)
    match call.func:
        case ast.Attribute(value=ast.Attribute(value=model, attr="objects"), attr="get") if by_id is not None:
            return model, by_id
        case ast.Attribute(value=ast.Attribute(value=model, attr="query"), attr="get" | "get_or_404") if (
            call.args
        ):
            return model, call.args[0]
        case ast.Name() as name if call.args and by_id is not None:
            found = is_named(module, name, ("get_object_or_404", "aget_object_or_404"))
            return (call.args[0], by_id) if found else None
        case ast.Attribute(attr="get" | "get_one") if len(call.args) == 2:
            return call.args[0], call.args[1]
    return None

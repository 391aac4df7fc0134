"""CW408: a new row whose owner is taken from what the client sent, not from who the client is."""

import ast
import re
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.made_rows import ADDS_ROW, MadeRow, made_row
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function, walk
from cellwall.check.own_nodes import own, own_nodes
from cellwall.check.owned_rows import is_for_administrators, owner_columns
from cellwall.check.pytest_facts import spelled
from cellwall.check.request_handlers import request_handlers
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.sent_values import is_sent_whole, sent_name
from cellwall.check.service_gates import handles_requests
from cellwall.check.settings import CheckSettings
from cellwall.check.summaries.owned_models import OwnedModels
from cellwall.check.summary import FileSummary

_MODEL: Final = (
    "from fastapi import Depends, FastAPI\nfrom sqlalchemy import Column, Integer, String\n"
    "from app.db import Base\n\napp = FastAPI()\n\n\nclass Note(Base):\n    user_id = Column(Integer)\n"
    "    text = Column(String)\n\n\n"
)


@final
class OwnerFromRequest:
    """A new row whose owner is taken from what the client sent, not from who the client is.

    What it does:
        Finds a new row of a model with an owner column (`Model(...)` that is added,
        `Model.objects.create(...)`, `insert(Model).values(...)`) in a request handler, whose owner is a
        field of the body, the query, the form or the path, or which is made of the whole body
        (`Model(**body)`) where the body has the owner's field. A handler that compares what was sent
        with who asks, or asks for a permission, is no finding.

    Why it leaks:
        Whoever writes another user's id into the body puts rows into that user's account, and reads
        back what is shown for them.

    Example:
        @app.post("/notes")
        async def add(body: NewNote, current_user: User = Depends(user), db=Depends(get_db)):
            db.add(Note(text=body.text, user_id=body.user_id))

    Use instead:
        db.add(Note(text=body.text, user_id=current_user.id))

    Fix safety:
        Never repaired: who may write for whom is a decision.
    """

    name: ClassVar[str] = "owner-from-request"
    code: ClassVar[str] = "CW408"
    family: ClassVar[Family] = Family.DATA
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None
    summaries: ClassVar[tuple[FileSummary, ...]] = (OwnedModels(),)

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            _MODEL + "@app.post('/notes')\nasync def add(body: dict, current_user=Depends(user)):\n"
            "    db.add(Note(text=body['text'], user_id=current_user.id))\n",
            path="app/main.py",
        ),
        Example(
            _MODEL + "@app.post('/notes')\nasync def add(body: dict, current_user=Depends(user)):\n"
            "    if body['user_id'] != current_user.id:\n        raise HTTPException(403)\n"
            "    db.add(Note(text=body['text'], user_id=body['user_id']))\n",
            path="app/main.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            _MODEL + "@app.post('/notes')\nasync def add(body: dict, current_user=Depends(user)):\n"
            "    db.add(Note(text=body['text'], user_id=body['user_id']))\n",
            path="app/main.py",
        ),
        Example(
            _MODEL + "class NewNote(BaseModel):\n    user_id: int\n    text: str\n\n\n"
            "@app.post('/notes')\nasync def add(body: NewNote, current_user=Depends(user)):\n"
            "    db.add(Note(**body.model_dump()))\n",
            path="app/main.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what adds a row."""
        return IN_SERVICE & Gate.any_of(*ADDS_ROW) & handles_requests()

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each row of which the client chooses the owner."""
        if module.is_test or never_in_service(module.path):
            return
        for call in module.of(ast.Call):
            row = made_row(module, call)
            function = module.function(call) if row is not None else None
            if row is None or function is None or function not in request_handlers(module):
                continue
            columns = owner_columns(module, row.model, context)
            value = _sent_owner(module, function, row, columns) if columns else None
            if value is None or _minds(module, function, value) or is_for_administrators(module, function):
                continue
            owner = next((k.arg for k in row.given if k.value is value and k.arg), columns[0])
            message = (
                f"whoever sends the request chooses `{owner}` of this `{spelled(row.model)}`: "
                "nothing compares it with who asks"
            )
            yield finding(self, module, value, message)


_PERMITS: Final = deferred(
    r"permi|authori[sz]|require_|ensure_|can_|has_access|belongs|is_member|forbidden", re.I
)


def _sent_owner(
    module: ModuleFacts, function: Function, row: MadeRow, columns: tuple[str, ...]
) -> ast.expr | None:
    """Give the expression by which the client chooses the owner, None where it cannot."""
    names = {n for c in columns for n in (c, c.removesuffix("_id"), f"{c.removesuffix('_id')}_id")}
    named = next((k.value for k in row.given if k.arg in names), None)
    if named is not None:
        return named if sent_name(module, function, named) else None
    for whole in (k.value for k in row.given if k.arg is None):
        if _is_body(module, function, whole, names):
            return whole
    return None


def _is_body(module: ModuleFacts, function: Function, whole: ast.expr, names: set[str]) -> bool:
    """Tell whether the whole body is spread into a row, the owner's field too."""
    match whole:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=name), attr="model_dump" | "dict"), keywords=given
        ):
            left_out = any(k.arg in ("exclude", "include") for k in given)
            return not left_out and not names.isdisjoint(_fields(module, function, name))
        case ast.Attribute() | ast.Call():
            return is_sent_whole(module, function, whole)
    return False


def _fields(module: ModuleFacts, function: Function, name: str) -> frozenset[str]:
    """Give the fields of the class that annotates a parameter, where it stands in the module."""
    every = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    annotation = next((a.annotation for a in every if a.arg == name), None)
    cls = (
        next((c for c in module.of(ast.ClassDef) if c.name == spelled(annotation)), None)
        if annotation
        else None
    )
    body = cls.body if cls is not None else []
    return frozenset(
        s.target.id for s in body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)
    )


def _minds(module: ModuleFacts, function: Function, value: ast.expr) -> bool:
    """Tell whether a handler compares what was sent, or asks what the user may do."""
    text = ast.dump(value)
    asked = (part for c in own(module, function, ast.Compare) for part in walk(c))
    if any(ast.dump(part) == text for part in asked):
        return True
    named = (getattr(n, "attr", None) or getattr(n, "id", None) for n in own_nodes(module, function))
    if any(isinstance(name, str) and _PERMITS.search(name) for name in named):
        return True
    places = (*function.decorator_list, function.args)
    return any(_PERMITS.search(ast.unparse(place)) for place in places)

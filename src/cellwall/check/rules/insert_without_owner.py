"""CW406: a new row of a model with an owner column, made in a handler without saying whose it is."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.made_rows import ADDS_ROW, made_row
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.own_nodes import own
from cellwall.check.owned_rows import SPEAKS_OF_USERS, answers_a_user, owner_columns
from cellwall.check.pytest_facts import spelled
from cellwall.check.request_data import tells_user
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.service_gates import handles_requests
from cellwall.check.settings import CheckSettings
from cellwall.check.summaries.owned_models import OwnedModels
from cellwall.check.summary import FileSummary

_MODEL: Final = (
    "from fastapi import FastAPI\nfrom sqlalchemy import Column, Integer, String\nfrom app.db import Base\n\n"
    "app = FastAPI()\n\n\nclass Note(Base):\n    user_id = Column(Integer)\n    text = Column(String)\n\n\n"
)


@final
class InsertWithoutOwner:
    """A new row of a model with an owner column, made without saying whose it is.

    What it does:
        Finds `Model(...)` that is added, `Model.objects.create(...)` and `insert(Model).values(...)` on a
        model with an owner column, in a request handler that knows the user, where no argument and no
        later assignment gives the owner.

    Why it leaks:
        A row without an owner is nobody's: it is in everybody's list or in none, and a default owner
        gets what belongs to another.

    Example:
        @app.post("/notes")
        async def add(text: str, current_user: User = Depends(user), db=Depends(get_db)):
            db.add(Note(text=text))

    Use instead:
        db.add(Note(text=text, user_id=current_user.id))

    Fix safety:
        Never repaired: who owns the row is a decision.
    """

    name: ClassVar[str] = "insert-without-owner"
    code: ClassVar[str] = "CW406"
    family: ClassVar[Family] = Family.DATA
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None
    summaries: ClassVar[tuple[FileSummary, ...]] = (OwnedModels(),)

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            _MODEL + "@app.post('/notes')\nasync def add(text: str, current_user, db):\n"
            "    db.add(Note(text=text, user_id=current_user.id))\n",
            path="app/main.py",
        ),
        Example(
            _MODEL + "@app.post('/notes')\nasync def add(text: str, current_user, db):\n"
            "    note = Note(text=text)\n    note.user_id = current_user.id\n    db.add(note)\n",
            path="app/main.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            _MODEL + "@app.post('/notes')\nasync def add(text: str, current_user, db):\n"
            "    db.add(Note(text=text))\n",
            path="app/main.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what adds a row."""
        return IN_SERVICE & SPEAKS_OF_USERS & Gate.any_of(*ADDS_ROW) & handles_requests()

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each row without an owner."""
        if module.is_test or never_in_service(module.path):
            return
        for call in module.of(ast.Call):
            row = made_row(module, call)
            if row is None or not call.keywords or call.args or any(k.arg is None for k in call.keywords):
                continue
            model = row.model
            columns = owner_columns(module, model, context)
            function = module.function(call) if columns else None
            if (
                function is None
                or not answers_a_user(module, function)
                or _gives_owner(module, function, call, columns)
            ):
                continue
            message = f"this `{spelled(model)}` is nobody's: nothing gives its `{columns[0]}`"
            yield finding(self, module, call, message)


def _gives_owner(module: ModuleFacts, function: Function, call: ast.Call, columns: tuple[str, ...]) -> bool:
    bare = {column.removesuffix("_id") for column in columns}
    names = bare | set(columns) | {f"{name}_id" for name in bare}
    if any(k.arg in names or tells_user(module, function, k.value) for k in call.keywords):
        return True
    if any(
        node.attr in names and isinstance(node.ctx, ast.Store)
        for node in own(module, function, ast.Attribute)
    ):
        return True
    statement = module.nodes.statement(call)
    kept = {spelled(target) for target in getattr(statement, "targets", ())}
    return any(
        spelled(later.func).partition(".")[0] in kept
        and any(tells_user(module, function, value) for value in later.args)
        for later in own(module, function, ast.Call)
    )

"""CW403: rows that belong to somebody, queried in a handler without saying whose."""

import ast
import re
from collections.abc import Iterable, Iterator
from typing import ClassVar, Final, final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.function_shape import parameter_names
from cellwall.check.gaps import member
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.instances import base_names
from cellwall.check.known_name import is_named, last_name
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, Function, walk
from cellwall.check.own_nodes import own
from cellwall.check.owned_rows import SPEAKS_OF_USERS, answers_a_user, minds_owner, owner_columns
from cellwall.check.pytest_facts import spelled
from cellwall.check.request_data import tells_user
from cellwall.check.request_handlers import request_handlers
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.service_gates import handles_requests
from cellwall.check.settings import CheckSettings
from cellwall.check.summaries.owned_models import OwnedModels
from cellwall.check.summary import FileSummary
from cellwall.check.telling_names import names_owner_column

_MODEL: Final = (
    "from fastapi import FastAPI\nfrom sqlalchemy import Column, Integer, select\nfrom app.db import Base\n\n"
    "app = FastAPI()\n\n\nclass Note(Base):\n    user_id = Column(Integer)\n\n\n"
)


@final
class QueryWithoutOwner:
    """Rows that belong to somebody, queried without saying whose.

    What it does:
        Finds `select(Model)`, `update(Model)`, `delete(Model)`, `session.query(Model)`,
        `Model.objects.filter(...)` and `Model.query` on a model with an owner column (`user_id`,
        `owner`, `tenant_id`), in a request handler that knows the user, while the function never names
        that column nor anything that decides who may have what. Rows that stay when the person goes
        (`on_delete=SET_NULL`) are nobody's own. Left alone are functions below a handler that narrow by what
        the handler gives them, and what was loaded or checked with the user by the same id before.

    Why it leaks:
        The query finds, changes or deletes the rows of all users.

    Example:
        @app.get("/notes")
        async def notes(current_user: User = Depends(user), db=Depends(get_db)):
            return db.scalars(select(Note)).all()

    Use instead:
        return db.scalars(select(Note).where(Note.user_id == current_user.id)).all()

    Fix safety:
        Never repaired: rows that all users may see are a decision.
    """

    name: ClassVar[str] = "query-without-owner"
    code: ClassVar[str] = "CW403"
    family: ClassVar[Family] = Family.DATA
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None
    summaries: ClassVar[tuple[FileSummary, ...]] = (OwnedModels(),)

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            _MODEL + "@app.get('/notes')\nasync def notes(current_user, db):\n"
            "    return db.scalars(select(Note).where(Note.user_id == current_user.id)).all()\n",
            path="app/main.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            _MODEL + "@app.get('/notes')\nasync def notes(current_user, db):\n"
            "    return db.scalars(select(Note)).all()\n",
            path="app/main.py",
        ),
        Example(
            _MODEL + "@app.get('/notes')\nasync def notes(current_user, db):\n"
            "    return db.query(Note).filter(Note.text != '').all()\n",
            path="app/main.py",
        ),
        Example(
            "from django.db import models\nfrom rest_framework import permissions, viewsets\n\n\n"
            "class Note(models.Model):\n    owner = models.ForeignKey('auth.User', models.CASCADE)\n"
            "\n\nclass NoteViewSet(viewsets.ModelViewSet):\n    queryset = Note.objects.all()\n"
            "    permission_classes = [permissions.IsAuthenticated]\n",
            path="app/views.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what makes a query."""
        return (
            IN_SERVICE
            & Gate.any_of(
                b"select", b"update", b"delete", b"LoginRequiredMixin", member(b"query", b"objects")
            )
            & SPEAKS_OF_USERS
            & handles_requests(*_VIEWS)
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each query of everybody's rows."""
        if module.is_test or never_in_service(module.path):
            return
        yield from self._of_views(module, context)
        queries = [node for node in module.of(ast.Attribute) if node.attr in _OF_QUERY]
        for node in (*module.of(ast.Call), *queries):
            model = _queried(module, node)
            function = module.function(node) if model is not None else None
            if model is None or function is None:
                continue
            columns = owner_columns(module, model, context)
            if not columns or _asks_for_another_owner(module, function):
                continue
            if _narrows_as_told(module, function, node) or not answers_a_user(module, function):
                continue
            if not minds_owner(module, function, columns):
                message = f"this finds all users' `{spelled(model)}`: the query does not name `{columns[0]}`"
                yield finding(self, module, node, message)

    def _of_views(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each view that shows a whole model to whoever is logged in."""
        for cls in module.of(ast.ClassDef):
            shown = _shown(module, cls)
            if shown is None or _ADMIN.search(cls.name) or _ADMIN.search(module.path):
                continue
            columns = owner_columns(module, shown, context)
            if columns and not _narrows(cls):
                message = f"this shows all users' `{spelled(shown)}`: no method asks for `{columns[0]}`"
                unknown = any(_KNOWN_BASE.search(name) is None for name in base_names(module, cls))
                yield finding(self, module, shown, message, severity=Severity.INFO if unknown else None)


_VIEWS: Final = (b"LoginRequiredMixin", b"ViewSet", b"APIView")
_ADMIN: Final = deferred(r"admin|staff|internal|public", re.IGNORECASE)
# What a base that is none of these asks for cannot be seen.
_KNOWN_BASE: Final = deferred(
    r"^(\w+\.)*(LoginRequiredMixin|(List|Detail|Update|Delete)View|(ReadOnly)?(Model|Generic)ViewSet|"
    r"(List|Retrieve|Create|Update|Destroy)+(ModelMixin|APIView)|GenericAPIView)$"
)
_LISTS: Final = ("ListView", "DetailView", "UpdateView", "DeleteView")
_ASKED: Final = frozenset({"IsAuthenticated", "TokenHasScope"})


def _shown(module: ModuleFacts, cls: ast.ClassDef) -> ast.expr | None:
    """Give the model that a view for whoever is logged in shows, None for other classes."""
    bases = [name.rpartition(".")[2] for name in base_names(module, cls)]
    api = any(name.endswith(("ViewSet", "APIView")) for name in bases)
    given = {
        target.id: statement.value
        for statement in cls.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    if api:
        asked = _permissions(module, given.get("permission_classes"))
        model = _queried(module, given["queryset"]) if "queryset" in given else None
        return model if "IsAuthenticated" in asked and asked <= _ASKED else None
    if any(name.endswith(_LISTS) for name in bases) and any(name == "LoginRequiredMixin" for name in bases):
        return given.get("model") or (_queried(module, given["queryset"]) if "queryset" in given else None)
    return None


def _permissions(module: ModuleFacts, value: ast.expr | None) -> set[str]:
    """Give the last parts of the names in `permission_classes = [...]`."""
    parts = value.elts if isinstance(value, (ast.List, ast.Tuple)) else []
    return {last_name(module, part) for part in parts}


def _narrows(cls: ast.ClassDef) -> bool:
    """Tell whether a view chooses its rows, or who may see one."""
    methods = {node.name for node in cls.body if isinstance(node, FUNCTIONS)}
    names = {
        node.id
        for s in cls.body
        if isinstance(s, ast.Assign)
        for node in s.targets
        if isinstance(node, ast.Name)
    }
    return bool(
        methods
        & {
            "get_queryset",
            "get_object",
            "filter_queryset",
            "dispatch",
            "test_func",
            "check_object_permissions",
        }
        or names & {"filter_backends", "filterset_class", "permission_required"}
    )


_LOADING: Final = deferred(r"(^|_)(load|get|fetch|find|resolve|check|verify|validate)(_|$)")


def _asks_for_another_owner(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a function compares whose something else is, of which these rows are a part."""
    return any(
        isinstance(side, ast.Attribute)
        and names_owner_column(side.attr)
        and not tells_user(module, function, side)
        for compared in own(module, function, ast.Compare)
        if isinstance(compared.ops[0], (ast.Eq, ast.NotEq))
        and any(tells_user(module, function, side) for side in (compared.left, *compared.comparators))
        for side in (compared.left, *compared.comparators)
    )


def _narrows_as_told(module: ModuleFacts, function: Function, node: ast.expr) -> bool:
    """Tell whether a query is narrowed by what the caller gave, or what was loaded with the user."""
    names = {
        inner.id for given in _narrowing(module, node) for inner in walk(given) if isinstance(inner, ast.Name)
    } & set(parameter_names(function))
    if function not in request_handlers(module):
        return bool(names)
    return any(
        _LOADING.search(last_name(module, call.func))
        and any(isinstance(argument, ast.Name) and argument.id in names for argument in call.args)
        and any(tells_user(module, function, argument) for argument in call.args)
        for call in own(module, function, ast.Call)
        if call.lineno < node.lineno
    )


def _narrowing(module: ModuleFacts, node: ast.expr) -> Iterator[ast.expr]:
    """Give what the calls of a query's chain narrow it by."""
    current: ast.AST | None = node
    while isinstance(current, (ast.Call, ast.Attribute)):
        match current:
            case ast.Call(func=ast.Attribute(attr="where" | "filter" | "filter_by" | "exclude")):
                yield from (*current.args, *(keyword.value for keyword in current.keywords))
        around = module.nodes.parent(current)
        is_given = isinstance(around, ast.Call) and around.func is not current
        current = None if is_given else around


_OF_QUERY: Final = frozenset({"all", "filter", "filter_by"})


def _queried(module: ModuleFacts, node: ast.expr) -> ast.expr | None:
    """Give the model that a query is about, None where a node makes no query."""
    match node:
        case ast.Call(func=ast.Attribute(attr="query"), args=[model, *_]):
            return model if isinstance(model, (ast.Name, ast.Attribute)) else None
        case ast.Call(func=ast.Name() as made, args=[ast.Name() | ast.Attribute() as model, *_]):
            return model if is_named(module, made, ("select", "update", "delete")) else None
        case ast.Call(
            func=ast.Attribute(
                value=ast.Attribute(value=model, attr="objects"),
                attr="filter" | "all" | "exclude" | "values" | "values_list",
            )
        ):
            return model
        case ast.Attribute(value=ast.Attribute(value=model, attr="query"), attr=name) if name in _OF_QUERY:
            return model
    return None

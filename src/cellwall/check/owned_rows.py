"""Which expressions name a model whose rows have an owner, and whether a function minds whose they are."""

import ast
import re
from typing import Final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.gaps import in_any_case
from cellwall.check.gate import Gate
from cellwall.check.known_name import is_named
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function, walk
from cellwall.check.own_nodes import own, own_nodes
from cellwall.check.pytest_facts import spelled
from cellwall.check.request_data import knows_user, tells_user
from cellwall.check.request_handlers import request_handlers
from cellwall.check.request_reach import Reach, request_reach
from cellwall.check.rule import RuleContext
from cellwall.check.summaries.owned_models import OwnedModels, own_models
from cellwall.check.telling_names import names_identity, names_owner_column

# What the gates of the rules on owned rows look for, beside the shape that each is about.
# What a handler knows somebody by: the words of `names_identity`, `names_credential` and of a login.
USER_WORDS: Final = (
    b"user",
    b"account",
    b"owner",
    b"token",
    b"login",
    in_any_case(
        *b"user tenant customer principal organisation organization workspace member subject viewer".split(),
        *b"requester requestor caller actor identity person profile uid email apikey api_key bearer".split(),
        *b"credential passw secret access_key cookie session auth jwt login account owner token".split(),
    ),
)
SPEAKS_OF_USERS: Final = Gate.any_of(*USER_WORDS)
_ADMIN: Final = deferred(r"admin|staff|superuser|internal|migrat|system|cron|webhook|public", re.IGNORECASE)
_ADMINISTRATOR: Final = deferred(r"admin|superuser|staff", re.IGNORECASE)
_LETS_IN: Final = deferred(r"(^|[._])(is|require|check|ensure|must_be)_(an?_)?(admin|staff|superuser)")
_ANYBODY: Final = frozenset(
    {"permissions", "IsAuthenticated", "AllowAny", "IsAuthenticatedOrReadOnly", "TokenHasScope"}
)
_LOGIN: Final = deferred(r"^(\w+\.)*(login_required|jwt_required|auth_required|token_required)\b")
_BEHIND: Final = frozenset({"celery", "langgraph"})  # their arguments come from the service itself
_NARROWING: Final = (
    "where", "filter", "filter_by", "exclude", "get", "get_object_or_404", "aget_object_or_404", "get_or_404",
)  # fmt: skip
_ANOTHER: Final = deferred(r"^(business|company|team)(_id)?$")
_MINDS: Final = deferred(
    r"owner|permission|authori[sz]|is_staff|superuser|can_(view|read|edit|access|use)|has_access|check_access|"
    r"has_perm|scoped|tenant|for_user|by_user|accessible|visible_to|forbidden|HTTP_403|is_(\w+_)?member|belongs_to|require_|ensure_|policy|_acl|role",
    re.IGNORECASE,
)


def owner_columns(module: ModuleFacts, node: ast.expr, context: RuleContext) -> tuple[str, ...]:
    """Give the owner columns of the model that an expression names, () where it names none."""
    names = {spelled(node).rpartition(".")[2], *(name.rpartition(".")[2] for name in module.names(node))}
    here = module.fact(own_models)
    for mine in names & here.keys():
        return here[mine][0]
    for models in context.project.summaries.get(OwnedModels.name, {}).values():
        for known in names & models.keys():
            return tuple(models[known][0])
    return ()


def owned_tables(module: ModuleFacts, context: RuleContext) -> dict[str, tuple[str, ...]]:
    """Give the tables of the project whose rows have an owner, with the owner columns."""
    found = {table: columns for columns, table in module.fact(own_models).values()}
    for models in context.project.summaries.get(OwnedModels.name, {}).values():
        found.update({table: tuple(columns) for columns, table in models.values()})
    return found


def minds_owner(module: ModuleFacts, function: Function, columns: tuple[str, ...]) -> bool:
    """Tell whether a function names an owner column, or anything that decides who may have what."""
    bare = {column.removesuffix("_id") for column in columns} | set(columns)
    for node in own_nodes(module, function):
        match node:
            case ast.Attribute(attr=name) | ast.keyword(arg=str(name)) | ast.Name(id=name):
                told = name.partition("__")[0] in bare or _MINDS.search(name)
                if told and (not isinstance(node, ast.Name) or name not in bare or _is_used(module, node)):
                    return True
            case ast.Constant(value=str(text)) if text in bare:
                return True
            case ast.Constant(value=403):
                return True
    if any(_MINDS.search(ast.unparse(decorator)) for decorator in function.decorator_list):
        return True
    if _has_permissions(module, function):
        return True
    return any(_restricts(module, function, call) for call in own(module, function, ast.Call))


def _restricts(module: ModuleFacts, function: Function, call: ast.Call) -> bool:
    """Tell whether a query is narrowed by something that is made of the user."""
    if isinstance(call.func, ast.Attribute):
        narrows = call.func.attr in _NARROWING
    else:
        narrows = is_named(module, call.func, _NARROWING)
    if not narrows:
        return False
    if any(_names_another((k.arg or "").partition("__")[0]) for k in call.keywords):
        return True  # another owner than the one of the model: the workspace that its project is in
    if any(isinstance(n, ast.Attribute) and _ANOTHER.match(n.attr) for a in call.args for n in walk(a)):
        return True
    return any(
        tells_user(module, function, value) for value in (*call.args, *(k.value for k in call.keywords))
    )


def _names_another(name: str) -> bool:
    return names_owner_column(name) or _ANOTHER.match(name) is not None


def _has_permissions(module: ModuleFacts, function: Function) -> bool:
    """Tell whether the class of a view asks for more than that somebody is logged in."""
    cls = module.nodes.owner(function)
    for statement in cls.body if cls is not None else ():
        match statement:
            case ast.Assign(
                targets=[ast.Name(id="permission_classes" | "permission_required")], value=value
            ) if not all(part in _ANYBODY for part in re.findall(r"\w+", ast.unparse(value))):
                return True
    return False


def _is_used(module: ModuleFacts, node: ast.AST) -> bool:
    """Tell whether a variable with an owner's name is compared or given to a call."""
    return any(isinstance(around, (ast.Compare, ast.Call)) for around in module.nodes.ancestors(node))


def answers_a_user(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a function answers requests of users, is none for administrators, and knows the user."""
    if request_reach(module, function) is not Reach.YES or is_for_administrators(module, function):
        return False
    if request_handlers(module).get(function) in _BEHIND:
        return False
    return knows_user(module, function) or _asks_for_login(function) or _is_given_user(function)


def _is_given_user(function: Function) -> bool:
    """Tell whether the framework supplies who asks, under whatever name: `me=Depends(get_current_user)`."""
    return any(
        isinstance(call, ast.Call)
        and spelled(call.func).rpartition(".")[2] in ("Depends", "Security")
        and any(names_identity(spelled(given).rpartition(".")[2]) for given in call.args)
        for call in walk(function.args)
    )


def _asks_for_login(function: Function) -> bool:
    """Tell whether a decorator lets in only who is logged in, whoever that is."""
    return any(_LOGIN.search(ast.unparse(decorator)) for decorator in function.decorator_list)


def is_for_administrators(module: ModuleFacts, function: Function) -> bool:
    """Tell whether names, the route, or who is asked for say that no ordinary user gets here."""
    places = (module.path, function.name, *map(ast.unparse, function.decorator_list))
    if any(_ADMIN.search(place) for place in places):
        return True
    if _ADMINISTRATOR.search(ast.unparse(function.args)):
        return True
    asked = (call.func for call in own(module, function, ast.Call))
    return any(_LETS_IN.search(spelled(name)) for name in asked)

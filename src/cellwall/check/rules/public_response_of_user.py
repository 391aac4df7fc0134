"""CW507: an answer made for one user that says every cache on its way may keep it."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.cache_directives import DJANGO_CACHE_CONTROL, answered_by, is_cache_control
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Edit, Fix, Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.function_shape import parameter_names
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.own_nodes import own_nodes
from cellwall.check.pytest_facts import spelled
from cellwall.check.rule import BY_HAND, Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.check.telling_names import (
    names_request,
)


@final
class PublicResponseOfUser:
    """An answer made for one user that says every cache on its way may keep it.

    What it does:
        Finds `Cache-Control: public` (or `s-maxage`), and Django's `patch_cache_control(public=True)`
        and `cache_control(public=True)`, and Werkzeug's
        `response.cache_control.public = True`, in a function that reads the user of the request and sets no
        `Vary`.

    Why it leaks:
        A cache between the service and its users keeps the answer and gives it to the next user.

    Example:
        def me(request):
            response = JsonResponse(profile(request.user))
            response["Cache-Control"] = "public, max-age=60"
            return response

    Use instead:
        response["Cache-Control"] = "private, max-age=60"

    Fix safety:
        Unsafe: `public` becomes `private`, and shared caches keep the answer no more.
    """

    name: ClassVar[str] = "public-response-of-user"
    code: ClassVar[str] = "CW507"
    family: ClassVar[Family] = Family.CACHES
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = Safety.UNSAFE

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "def me(request):\n    response = answer(request.user)\n"
            "    response['Cache-Control'] = 'private, max-age=60'\n    return response\n",
            path="app/me.py",
        ),
        Example(
            "def logo(request):\n    response = answer()\n"
            "    response['Cache-Control'] = 'public, max-age=60'\n    return response\n",
            path="app/logo.py",
        ),
        Example(
            "async def avatar(user_id: int, response: Response, users: Users):\n"
            "    response.headers['Cache-Control'] = 'public, max-age=60'\n"
            "    return await users.avatar(user_id)\n",
            path="app/avatars.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "def me(request):\n    response = answer(request.user)\n"
            "    response['Cache-Control'] = 'public, max-age=60'\n    return response\n",
            path="app/me.py",
        ),
        Example(
            "from flask import make_response\nfrom flask_login import current_user\n\n\ndef me():\n"
            "    response = make_response(current_user.name)\n"
            "    response.headers['Cache-Control'] = 'public, max-age=60'\n    return response\n",
            path="app/me.py",
        ),
        Example(
            "from django.views.decorators.cache import cache_control\n\n\n"
            "@cache_control(public=True, max_age=60)\ndef me(request):\n"
            "    return answer(request.user.username)\n",
            path="app/views.py",
        ),
        Example(
            "async def profile(response: Response, current_user: CurrentUser):\n"
            "    response.headers['Cache-Control'] = 'public, max-age=300'\n"
            "    return {'email': current_user.email}\n",
            path="app/profile.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the word."""
        return IN_SERVICE & Gate.any_of(b"public", b"s-maxage", b"s_maxage")

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each answer of a user that is said to be for all."""
        if module.is_test or never_in_service(module.path):
            return
        for constant in module.of(ast.Constant):
            if not isinstance(constant.value, str) or not _PUBLIC.search(constant.value):
                continue
            function = module.function(constant)
            if function is None or not is_cache_control(module, constant) or b"Vary" in module.source:
                continue
            if any(_reads_user(module, function, node) for node in own_nodes(module, function)):
                message = "an answer made for one user is said to be for all, and caches give it to others"
                yield finding(self, module, constant, message, _private(module, constant) or BY_HAND)
        for keyword in (*module.of(ast.keyword), *module.of(ast.Assign)):
            said = _public(module, keyword)
            function = said[0] if said is not None else None
            if said is None or function is None or b"Vary" in module.source or b"vary_on" in module.source:
                continue
            if any(_reads_user(module, function, node) for node in own_nodes(module, function)):
                message = "an answer made for one user is said to be for all, and caches give it to others"
                yield finding(self, module, said[1], message)


def _public(module: ModuleFacts, node: ast.AST) -> tuple[Function | None, ast.expr] | None:
    """Give the function whose answer is said to be public, and where: by Django's, or Werkzeug's object."""
    match node:
        case ast.keyword(arg="public" | "s_maxage", value=ast.Constant(value=value) as place) if value:
            call = module.nodes.parent(node)
            if isinstance(call, ast.Call) and module.matches(call.func, DJANGO_CACHE_CONTROL) is not None:
                return answered_by(module, call), place
        case ast.Assign(
            targets=[
                ast.Attribute(value=ast.Attribute(attr="cache_control"), attr="public" | "s_maxage") as place
            ],
            value=ast.Constant(value=value),
        ) if value:
            return module.function(place), place
    return None


_PUBLIC: Final = deferred(r"(^|[,\s])public\s*($|,)|s-maxage=[1-9]")


_WHO_ASKS: Final = deferred(r"^(current|logged_in|request|auth\w*)_(user|account|principal)$|^user_context$")


def _reads_user(module: ModuleFacts, function: Function, node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr="user", value=base):
            return names_request(spelled(base).rpartition(".")[2]) or spelled(base) == "g"
        case ast.Attribute(value=ast.Name(id=name)) if _WHO_ASKS.search(name):
            return name in parameter_names(function)  # injected: a path has ids, not users
        case ast.Return(value=ast.Name(id=name)) if _WHO_ASKS.search(name):
            return name in parameter_names(function)
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value="user")):
            return names_request(name)
        case ast.Name():
            return (
                module.matches(node, ("flask_login.current_user", "flask_security.current_user")) is not None
            )
    return False


def _private(module: ModuleFacts, constant: ast.Constant) -> Fix | None:
    start, stop = module.span(constant)
    text = module.source[start:stop]
    if not module.editable or text.count(b"public") != 1:
        return None
    at = start + text.index(b"public")
    return Fix((Edit(at, at + 6, b"private"),), Safety.UNSAFE)

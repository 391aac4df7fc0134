"""CW508: an answer made for one user that caches may keep, because nothing says that it is private."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.cache_directives import DJANGO_CACHE_CONTROL, answered_by, is_cache_control
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.function_shape import parameter_names
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.own_nodes import own_nodes
from cellwall.check.request_data import knows_user
from cellwall.check.request_handlers import request_handlers
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.check.telling_names import names_request


@final
class ResponseOfUserWithoutPrivate:
    """An answer made for one user that caches may keep, because nothing says that it is private.

    What it does:
        Finds `Cache-Control: max-age=...` without `private` or `no-store`, Django's
        `cache_control(max_age=...)` and `patch_cache_control(response, max_age=...)` without
        `private=True`, in a request handler that knows the user, in a module that never says `Vary`.

    Why it leaks:
        What may be kept for a while and is not private may be kept by a cache that many users share,
        unless the request had an `Authorization` header: with a session's cookie it has none.

    Example:
        @cache_control(max_age=60)
        def me(request):
            return JsonResponse(profile(request.user))

    Use instead:
        @cache_control(private=True, max_age=60)
        def me(request):
            return JsonResponse(profile(request.user))

    Fix safety:
        Never repaired: whether the answer may be kept at all is a decision.
    """

    name: ClassVar[str] = "response-of-user-without-private"
    code: ClassVar[str] = "CW508"
    family: ClassVar[Family] = Family.CACHES
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from django.views.decorators.cache import cache_control\n\n\n"
            "@cache_control(private=True, max_age=60)\ndef me(request):\n    return answer(request.user)\n",
            path="app/views.py",
        ),
        Example(
            "from django.views.decorators.cache import cache_control\n\n\n@cache_control(max_age=60)\n"
            "def logo(request):\n    return answer()\n",
            path="app/views.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from django.views.decorators.cache import cache_control\n\n\n@cache_control(max_age=60)\n"
            "def me(request):\n    return answer(request.user)\n",
            path="app/views.py",
        ),
        Example(
            "from fastapi import Depends, FastAPI, Response\n\napp = FastAPI()\n\n\n@app.get('/me')\n"
            "async def me(response: Response, current_user=Depends(who)):\n"
            "    response.headers['Cache-Control'] = 'max-age=60'\n    return current_user\n",
            path="app/main.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the directive's name."""
        return IN_SERVICE & Gate.any_of(b"max-age", b"max_age")

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each answer of a user that is not said to be private."""
        if module.is_test or never_in_service(module.path) or _VARIES.search(module.source) is not None:
            return
        for node in (*module.of(ast.Constant), *module.of(ast.Call)):
            function = _function(module, node)
            if function is None or not _answers(module, function):
                continue
            if knows_user(module, function) and not _tells_guests_apart(module, function):
                message = "an answer made for one user may be kept by caches: nothing says that it is private"
                yield finding(self, module, node, message)


def _answers(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a function answers requests, or takes one first."""
    return function in request_handlers(module) or any(map(names_request, parameter_names(function)[:1]))


def _tells_guests_apart(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a function asks whether anybody is logged in, and so what may be kept."""
    names = (node.attr for node in own_nodes(module, function) if isinstance(node, ast.Attribute))
    return any(name in ("is_authenticated", "is_anonymous") for name in names)


_VARIES: Final = deferred(rb"\bVary\b|vary_on|patch_vary")
_KEPT: Final = deferred(r"(^|[,\s])max-age=[1-9{]")
_PRIVATE: Final = deferred(r"private|no-store|no-cache|public|s-maxage")


def _function(module: ModuleFacts, node: ast.expr) -> Function | None:
    """Give the function whose answer may be kept by whoever passes it on, by this header or call."""
    match node:
        case ast.Constant(value=str(text)) if _KEPT.search(text) and not _PRIVATE.search(text):
            return module.function(node) if is_cache_control(module, node) else None
        case ast.Call(func=func, keywords=given) if module.matches(func, DJANGO_CACHE_CONTROL) is not None:
            said = {k.arg for k in given if not (isinstance(k.value, ast.Constant) and not k.value.value)}
            if "max_age" not in said or said & {"private", "public", "no_store", "no_cache", "s_maxage"}:
                return None
            return answered_by(module, node)
    return None

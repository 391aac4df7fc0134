"""CW503: a cache over a function that reads who asks, without having it in the key."""

import ast
import re
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.decorators import Decorator, decorators
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.function_shape import (
    parameter_names,
)
from cellwall.check.gaps import CLOSED, OPENED, any_word, in_any_case
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.instances import is_instance
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.own_nodes import own_nodes
from cellwall.check.owned_rows import USER_WORDS
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.check.telling_names import (
    names_identity,
    names_request,
    tells_of_request,
)


@final
class CachedResponseOfUser:
    """A cache over a function that reads who asks, while its key does not have that.

    What it does:
        Finds functions under `lru_cache`, `cache`, `cached`, `memoize` or Django's `cache_page` whose
        body reads the current user, the session, a cookie or the `Authorization` header of the request.
        A parameter that tells of the user is in the key and makes it right; so does `vary_on_headers` or
        `vary_on_cookie`. That Django's session middleware varies by the cookie is too late for
        `cache_page`: as a decorator it has kept the answer before. `cache_page(60)(view)` in the
        routes counts too.

    Why it leaks:
        The first user's answer is kept and given to everybody who asks for the same path or arguments.

    Example:
        @cache_page(60)
        def me(request):
            return JsonResponse(profile_of(request.headers["Authorization"]))

    Use instead:
        @cache_page(60)
        @vary_on_headers("Authorization")
        def me(request):
            return JsonResponse(profile_of(request.headers["Authorization"]))

    Fix safety:
        Never repaired: whether the answer may be kept at all is a decision.
    """

    name: ClassVar[str] = "cached-response-of-user"
    code: ClassVar[str] = "CW503"
    family: ClassVar[Family] = Family.CACHES
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from django.views.decorators.cache import cache_page\n"
            "from django.views.decorators.vary import vary_on_headers\n\n\n@cache_page(60)\n"
            '@vary_on_headers("Authorization")\ndef me(request):\n'
            '    return load(request.headers["Authorization"])\n',
            path="app/views.py",
        ),
        Example(
            "from functools import lru_cache\nfrom flask import g\n\n\n@lru_cache\ndef menu(user_id):\n"
            "    return build(g.user)\n",
            path="app/menu.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from django.views.decorators.cache import cache_page\n\n\n@cache_page(60)\ndef me(request):\n"
            "    return load(request.headers.get('Authorization'))\n",
            path="app/views.py",
        ),
        Example(
            "from django.views.decorators.cache import cache_page\n\n\n@cache_page(60)\ndef me(request):\n"
            "    return load(request.user)\n",
            path="app/views.py",
        ),
        Example(
            "from django.urls import path\nfrom django.views.decorators.cache import cache_page\n\n\n"
            "def me(request):\n    return load(request.session['name'])\n\n\n"
            "urlpatterns = [path('me', cache_page(60)(me))]\n",
            path="app/urls.py",
        ),
        Example(
            "from functools import lru_cache\nfrom flask_login import current_user\n\n\n"
            "@lru_cache(maxsize=None)\n"
            "def menu():\n    return build(current_user.roles)\n",
            path="app/menu.py",
        ),
        Example(
            "from django.utils.decorators import method_decorator\n"
            "from django.views.decorators.cache import cache_page\n"
            "from rest_framework.views import APIView\n\n\nclass Me(APIView):\n"
            "    @method_decorator(cache_page(60))\n    def get(self, request):\n"
            "        return load(request.user)\n",
            path="app/views.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what stands in every such decorator's name."""
        return (
            IN_SERVICE
            & Gate.any_of(b"cache", b"memoize")
            & Gate.any_of(
                b"functools", b"cache_page", b"memoize", b"lru_cache", any_word(b"cached"), _CACHE, _ASSIGNED
            )
            & Gate.any_of(*USER_WORDS, _API_KEY)
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each place in a cached function where it is read who asks."""
        if module.is_test or never_in_service(module.path):
            return
        for function in module.nodes.functions():
            applied = decorators(module, function)
            cls = module.nodes.owner(function)
            if (
                cls is not None
                and cls.decorator_list
                and function.name in ("dispatch", "get", "list", "retrieve")
            ):
                applied += decorators(module, cls)
            applied += _in_routes(module, function)
            kept = next((d for d in applied if d.is_one_of(_CACHES) or d.last in _CACHES), None)
            if kept is None or any(d.last.startswith("vary_on") for d in applied):
                continue
            page = kept.last == "cache_page" or kept.is_one_of(("cache_page",))
            if not page and any(
                tells_of_request(name) and not names_request(name) for name in parameter_names(function)
            ):
                continue
            place = _reads_who(module, function)
            if place is not None and not _varies(kept):
                message = f"`{function.name}` is kept by `{kept.last}` for all, and reads who asks"
                yield finding(self, module, place, message)


def _in_routes(module: ModuleFacts, function: Function) -> list[Decorator]:
    """Give what is applied to a view where its route is: `path("me", cache_page(60)(me))`."""
    calls = module.fact(_applied_by_calls) if module.nodes.owner(function) is None else {}
    return [Decorator(inner.func, inner, module.names(inner.func)) for inner in calls.get(function.name, ())]


def _applied_by_calls(module: ModuleFacts) -> dict[str, list[ast.Call]]:
    """Give for each name the calls whose result is applied to it alone."""
    found: dict[str, list[ast.Call]] = {}
    for call in module.of(ast.Call):
        match call:
            case ast.Call(func=ast.Call() as inner, args=[ast.Name(id=name)]):
                found.setdefault(name, []).append(inner)
    return found


_CACHES: Final = (
    "functools.lru_cache",
    "functools.cache",
    "cache_page",
    "cachetools.cached",
    "cached",
    "memoize",
    "lru_cache",
    "django.views.decorators.cache.cache_page",
)
# What may stand behind a decorator without arguments, or behind the name where it is called or imported.
_CACHE: Final = deferred(rb"cache\b" + CLOSED + rb"(?:[@(,\]]|(?:as|async|def|class)\b)")
_ASSIGNED: Final = deferred(
    rb"=" + OPENED + rb"[\w\x80-\xff.]*cache\b[ \t)]*(?:[#;\\\r\n]|(?:if|or|and|else)\b|\Z)"
)
_API_KEY: Final = in_any_case(b"api-key")
_HEADERS: Final = deferred(
    r"^(http_)?authorization$|^(x[-_])?(api[-_]key|user([-_]id)?|remote[-_]user)$|^remote_user$",
    re.IGNORECASE,
)


def _varies(kept: Decorator) -> bool:
    """Tell whether the cache is told of a key of its own."""
    given = kept.call.keywords if kept.call is not None else []
    return any(
        keyword.arg in ("key", "key_prefix", "make_cache_key", "key_func", "unless", "query_string_and_user")
        for keyword in given
    )


def _reads_who(module: ModuleFacts, function: Function) -> ast.expr | None:
    """Give the first place where it is read who asks."""
    for node in own_nodes(module, function):
        if isinstance(node, ast.expr) and (_is_header(node) or _is_user(module, function, node)):
            return node
    return None


def _is_header(node: ast.expr) -> bool:
    """Tell whether a header is read that says who asks."""
    match node:
        case (
            ast.Subscript(value=ast.Attribute(attr="headers" | "META"), slice=ast.Constant(value=str(header)))
            | ast.Call(
                func=ast.Attribute(value=ast.Attribute(attr="headers" | "META"), attr="get"),
                args=[ast.Constant(value=str(header)), *_],
            )
        ):
            return _HEADERS.match(header) is not None
    return False


def _is_user(module: ModuleFacts, function: Function, node: ast.expr) -> bool:
    """Tell whether the user, the session or the cookies of the request are read, or a variable with them."""
    match node:
        case ast.Attribute(attr="user" | "COOKIES" | "cookies" | "session", value=ast.Name() as base):
            given = base.id in parameter_names(function) and names_request(base.id)
            return given or module.matches(base, _PROXIES) is not None
        case ast.Attribute(attr="user", value=ast.Attribute(attr="request", value=ast.Name(id="self"))):
            return True
        case ast.Subscript(value=ast.Name() as base, ctx=ast.Load()):
            return module.matches(base, _SESSIONS) is not None
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name) as base, attr="get")):
            return names_identity(name) and is_instance(module, base, ("contextvars.ContextVar",))
        case ast.Name():
            return module.matches(node, _USERS) is not None
    return False


_USERS: Final = ("flask_login.current_user", "flask_security.current_user")
_SESSIONS: Final = ("flask.session", "quart.session")
_PROXIES: Final = ("flask.request", "flask.g", "quart.request", "quart.g")

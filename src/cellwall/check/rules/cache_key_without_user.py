"""CW504: something of one user that is put into a cache under a key for everybody."""

import ast
import re
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.function_shape import (
    parameter_names,
)
from cellwall.check.gaps import method_called
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.known_name import known_name
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function, walk
from cellwall.check.own_nodes import own
from cellwall.check.owned_rows import USER_WORDS
from cellwall.check.request_data import tells_user
from cellwall.check.request_reach import Reach, request_reach
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings


@final
class CacheKeyWithoutUser:
    """Something of one user that is put into a cache under a key for everybody.

    What it does:
        Finds `cache.set(key, value)` in a function that knows the user, where the value is made of the
        user and the key is not.

    Why it leaks:
        Everybody who asks with the same key is given the first user's value.

    Example:
        def dashboard(request):
            data = build(request.user)
            cache.set("dashboard", data)

    Use instead:
        def dashboard(request):
            data = build(request.user)
            cache.set(f"dashboard:{request.user.pk}", data)

    Fix safety:
        Never repaired: readers use the same key.
    """

    name: ClassVar[str] = "cache-key-without-user"
    code: ClassVar[str] = "CW504"
    family: ClassVar[Family] = Family.CACHES
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from django.core.cache import cache\n\n\ndef dashboard(request):\n"
            "    data = build(request.user)\n"
            "    cache.set(f'dashboard:{request.user.pk}', data)\n",
            path="app/views.py",
        ),
        Example(
            "from django.core.cache import cache\n\n\ndef news(request):\n    cache.set('news', load())\n",
            path="app/views.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from django.core.cache import cache\n\n\ndef dashboard(request):\n"
            "    data = build(request.user)\n"
            "    cache.set('dashboard', data)\n    return data\n",
            path="app/views.py",
        ),
        Example(
            "async def summary(redis, current_user, day):\n    text = await summarise(current_user, day)\n"
            "    await redis.setex(f'summary:{day}', 60, text)\n    return text\n",
            path="app/summary.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the methods that put something in."""
        return (
            IN_SERVICE
            & Gate.any_of(b"setex", b"get_or_set", b"set_cache", method_called(b"set", b"aset"))
            & Gate.any_of(*USER_WORDS, b"request")
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each value of a user under a key without one."""
        if module.is_test or never_in_service(module.path):
            return
        for call in module.of(ast.Call):
            given = _given(module, call)
            function = module.function(call) if given is not None else None
            if given is None or function is None:
                continue
            key, value = given
            if (
                _is_opaque(key)
                or tells_user(module, function, key)
                or _is_made_elsewhere(module, function, key)
            ):
                continue
            if tells_user(module, function, value) and request_reach(module, function) is not Reach.NO:
                message = (
                    f"what is kept under `{ast.unparse(key)}` is made of one user, and its key is everybody's"
                )
                reached = request_reach(module, function) is Reach.YES
                yield finding(self, module, call, message, severity=None if reached else Severity.WARNING)


_STORES: Final = deferred(r"(^|_|\.)(cache|redis|memcache|r_client|kv)(_client|_store)?$", re.IGNORECASE)
_FOR_ALL: Final = deferred(r"anonymous|public|global|everyone", re.IGNORECASE)
_PUTTING: Final = frozenset({"set", "setex", "get_or_set", "set_cache", "async_set_cache", "aset"})


def _given(module: ModuleFacts, call: ast.Call) -> tuple[ast.expr, ast.expr] | None:
    """Give the key and the value that a call puts into a cache, None for any other call."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in _PUTTING:
        return None
    if not _STORES.search(known_name(module, call.func.value)):
        return None
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    key = named.get("key") or (call.args[0] if call.args else None)
    at = 2 if call.func.attr == "setex" else 1
    value = named.get("value") or (call.args[at] if len(call.args) > at else None)
    return (key, value) if key is not None and value is not None else None


def _is_opaque(key: ast.expr) -> bool:
    """Tell whether a key is given from elsewhere whole, or says itself that it is for all."""
    return (
        isinstance(key, (ast.Attribute, ast.Call, ast.Subscript))
        or _FOR_ALL.search(ast.unparse(key)) is not None
    )


def _is_made_elsewhere(module: ModuleFacts, function: Function, key: ast.expr) -> bool:
    """Tell whether a key comes from a parameter or from the call of a function, alone or in part."""
    names = {n.id for n in walk(key) if isinstance(n, ast.Name)}
    if isinstance(key, ast.Name) and key.id in parameter_names(function):
        return True
    for assignment in own(module, function, ast.Assign):
        bound = {n.id for t in assignment.targets for n in walk(t) if isinstance(n, ast.Name)}
        if bound & names and any(isinstance(n, ast.Call) for n in walk(assignment.value)):
            return True
    return any(isinstance(n, ast.Call) for n in walk(key)) or any(
        re.search(r"(id|key|hash|digest|uuid|state|nonce|code|ticket)$", name) for name in names
    )

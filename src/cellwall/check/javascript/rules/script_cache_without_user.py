"""CW905: a cache of a module, filled under keys that name no user."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Final, final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import NOT_IN_TESTS, Gate
from cellwall.check.javascript.script import (
    Script,
    field_text,
    function_around,
    named_arguments,
)
from cellwall.check.javascript.script_rule import found
from cellwall.check.javascript.variables import module_variables
from cellwall.check.javascript.words import tells_users_apart, words
from cellwall.check.rule import Example, Status

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_CACHE: Final = frozenset({"cache", "cached", "memo", "store"})
_ASKING: Final = deferred(
    r"^(fetch|axios|request)$|(api|client|axios|http)\w*\.(get|post|request|fetch)$", re.I
)


@final
class ScriptCacheWithoutUser:
    """A cache of a module that is filled under keys that name no user.

    What it does:
        Finds a `Map` or object at the top of a script, called a cache, memo or store, that functions fill under
        a key in which no word speaks of a user, in functions that ask a server for the value.

    Why it leaks:
        What was fetched with one user's cookie or token is given to the next one who asks for the same thing.

    Example:
        const cache = new Map();
        export async function load(id) { cache.set(id, await fetch(`/threads/${id}`)); }

    Use instead:
        cache.set(`${user.id}:${id}`, await fetch(`/threads/${id}`));

    Fix safety:
        Not repaired: where the user is known, only a person can say.
    """

    name: ClassVar[str] = "script-cache-without-user"
    code: ClassVar[str] = "CW905"
    family: ClassVar[Family] = Family.SCRIPTS
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "const cache = new Map();\nexport async function load(user, id) {\n  cache.set(`${user.id}:${id}`, await fetch('/threads/' + id));\n}\n",
            path="src/a.js",
        ),
        Example(
            "const cache = new Map();\nexport function square(n) {\n  cache.set(n, n * n);\n}\n",
            path="src/a.js",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "const cache = new Map();\n\nexport async function load(id) {\n  if (!cache.has(id)) cache.set(id, await fetch('/threads/' + id));\n  return cache.get(id);\n}\n",
            path="src/threads.js",
        ),
        Example(
            "const responseCache: Record<string, unknown> = {};\nexport const load = async (url: string) => {\n  responseCache[url] = await api.get(url);\n};\n",
            path="src/threads.ts",
        ),
    )

    def gate(self) -> Gate:
        """Give the words by which caches are called, in small and large letters."""
        return NOT_IN_TESTS & Gate.any_of(b"ache", b"emo", b"tore", b"CACHE")

    def check(self, script: Script) -> Iterable[Finding]:
        """Give a finding for each place that fills such a cache."""
        for variable in module_variables(script):
            if _CACHE.isdisjoint(words(variable.name)) or variable.value is None:
                continue
            for use in variable.changes:
                key, filled = _filled(use)
                function = function_around(use)
                if key is None or function is None or not _asks(function):
                    continue
                if not tells_users_apart(key) and not _is_about_users(function, variable.name):
                    message = f"`{variable.name}` keeps under `{key}` what one user was answered, for all"
                    yield found(self, script, filled, message)


def _filled(use: "SgNode") -> "tuple[str | None, SgNode]":
    """Give the key under which a use puts something, and the whole expression."""
    member = use.parent()
    around = member.parent() if member is not None else None
    if member is None or around is None:
        return None, use
    if around.kind() == "call_expression" and field_text(member, "property") == "set":
        given = named_arguments(around)
        return (given[0].text() if given else None), around
    if member.kind() == "subscript_expression" and around.kind() == "assignment_expression":
        return field_text(member, "index"), around
    return None, use


def _asks(function: "SgNode") -> bool:
    return any(
        _ASKING.search(field_text(call, "function")) for call in function.find_all(kind="call_expression")
    )


def _is_about_users(function: "SgNode", cache: str) -> bool:
    """Tell whether the function knows the user: a key made of it is then likely."""
    named = function.find_all(kind="variable_declarator")
    return tells_users_apart(cache) or any(
        "key" in words(field_text(one, "name")) and tells_users_apart(field_text(one, "value"))
        for one in named
    )

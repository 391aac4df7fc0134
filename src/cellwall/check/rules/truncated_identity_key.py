"""CW501: a cache key made of a part of a token or identity, or of its `hash()`."""

import ast
import re
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.called_names import calls_named
from cellwall.check.closer_look import InOnePass
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Edit, Fix, Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gaps import CLOSED, OPENED, followed_by
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import walk
from cellwall.check.pytest_facts import spelled
from cellwall.check.rule import BY_HAND, Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.check.telling_names import (
    names_credential,
    names_identity,
)


@final
class TruncatedIdentityKey:
    """A cache key made of a part of a token or identity, or of its `hash()`.

    What it does:
        Finds `token[:20]`, `hash(user_id)` and the like in what is used as a key: in a variable that is
        called a key, in the argument of a cache's `get` and `set`, in the index of a dictionary. A part
        that is only logged or shown is no finding.

    Why it leaks:
        The beginning of a JWT is its header, which all tokens of one kind have in common; `hash()`
        gives equal numbers for different texts. Two users get one key, and the second reads what was
        kept for the first.

    Example:
        cache_key = f"userinfo_{token[:20]}"
        userinfo = cache.get(cache_key)

    Use instead:
        cache_key = f"userinfo_{hashlib.sha256(token.encode()).hexdigest()}"

    Fix safety:
        Unsafe: the whole value takes the part's place in a key that is a text, and entries under old
        keys are not found any more. Others are listed.
    """

    name: ClassVar[str] = "truncated-identity-key"
    code: ClassVar[str] = "CW501"
    family: ClassVar[Family] = Family.CACHES
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = Safety.UNSAFE

    VALID: ClassVar[tuple[Example, ...]] = (
        Example('def show(token):\n    log.info(f"token {token[:8]}")\n', path="app/show.py"),
        Example(
            "import hashlib\n\n\ndef load(cache, token):\n"
            '    cache_key = "user_" + hashlib.sha256(token.encode()).hexdigest()\n'
            "    return cache.get(cache_key)\n",
            path="app/load.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            'async def userinfo(cache, token):\n    cache_key = f"userinfo_{token[:20]}"\n'
            "    return await cache.get(cache_key)\n",
            path="app/auth.py",
        ),
        Example("def load(cache, user_id):\n    return cache.get(hash(user_id))\n", path="app/load.py"),
        Example(
            "import hashlib\n\n\ndef load(cache, token):\n"
            "    cache_key = hashlib.sha256(token.encode()).hexdigest()[:8]\n"
            "    return cache.get(cache_key)\n",
            path="app/load.py",
        ),
        Example("def load(table, api_key):\n    return table[api_key[:8]]\n", path="app/load.py"),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what takes a part, or a hash."""
        part = Gate.any_of(b"[:", b"hash(", _PART, _HASHED)
        return IN_SERVICE & part & Gate.any_of(*_DIGEST, _HASHED, InOnePass(_PART_OF_KEY))

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each part that keeps users apart badly."""
        if module.is_test or never_in_service(module.path):
            return
        cut = [node for node in module.of(ast.Subscript) if isinstance(node.slice, ast.Slice)]
        for node in (*cut, *calls_named(module, ("hash",))):
            part = _part(node)
            if not part or not _is_key(module, node):
                continue
            message = (
                f"only a part of `{part}` is in this key: users whose parts are equal share what it finds"
            )
            yield finding(self, module, node, message, _whole(module, node) or BY_HAND)


# A slice that begins at once, or behind a constant that may have a sign.
_PART: Final = deferred(
    rb"\["
    + OPENED
    + rb"(?::|(?:(?:[-+~]|not\b)"
    + OPENED
    + rb")*(?:\d\w*+|None|True|False)"
    + CLOSED
    + rb":)"
)
# The names of which a part is taken end so, in any spelling of `telling_names`, when they tell who a user is.
_PART_OF_KEY: Final = deferred(
    rb"(?:user|tenant|owner|account|customer|principal|organi[sz]ation|workspace|member|subject|viewer|"
    rb"requester|requestor|caller|actor|identity|person|profile|uid|email|token|jwt|key|authorization|bearer|"
    rb"credentials?|password|passwd|secret|cookie|session_?id|header)s?"
    rb"(?:_?(?:ids?|uuid|pk|name|email|obj|object|info|context|profile|data))?" + CLOSED + _PART.pattern,
    re.IGNORECASE,
)
_DIGEST: Final = followed_by(b"hexdigest", rb"\("), followed_by(b"hex", rb"\(")
_HASHED: Final = followed_by(b"hash", rb"\(")
_KEY: Final = deferred(r"(^|_)(key|cache_?id|fingerprint)s?$|cache", re.IGNORECASE)
_STORES: Final = frozenset(
    {
        "get",
        "set",
        "setdefault",
        "setex",
        "get_cache",
        "set_cache",
        "async_get_cache",
        "async_set_cache",
        "delete",
        "get_or_set",
        "add",
        "exists",
        "hget",
        "hset",
    }
)
_LONG_ENOUGH: Final = 16  # hexadecimal digits: with 64 bits, nobody finds a second token by trying
_STORE_NAMES: Final = deferred(r"cache|redis|memo|store|sessions", re.IGNORECASE)


def _part(node: ast.expr) -> str:
    """Give the name of which an expression takes a part, "" for anything else."""
    match node:
        case ast.Subscript(value=ast.Name() | ast.Attribute() as whole, slice=ast.Slice(lower=low, upper=up)):
            bounds = [b for b in (low, up) if b is not None]
            fixed = bounds and all(map(_is_fixed, bounds))
            last = spelled(whole).rpartition(".")[2]
            if fixed and up is not None and isinstance(node.ctx, ast.Load) and _identifies(last):
                return spelled(whole)
        case ast.Subscript(
            value=ast.Call(func=ast.Attribute(value=made, attr="hexdigest" | "hex")),
            slice=ast.Slice(lower=None, upper=ast.Constant(value=int(length))),
        ) if length < _LONG_ENOUGH:
            names = (n for n in walk(made) if isinstance(n, (ast.Name, ast.Attribute)))
            return next((spelled(n) for n in names if _identifies(spelled(n).rpartition(".")[2])), "")
        case ast.Call(func=ast.Name(id="hash"), args=[ast.Name() | ast.Attribute() as whole]):
            if _identifies(spelled(whole).rpartition(".")[2]):
                return spelled(whole)
    return ""


def _is_fixed(bound: ast.expr) -> bool:
    """Tell whether a bound is a number, which may have a sign, or None."""
    while isinstance(bound, ast.UnaryOp):
        bound = bound.operand
    return isinstance(bound, ast.Constant) and (bound.value is None or isinstance(bound.value, int))


def _identifies(name: str) -> bool:
    return names_credential(name) or (names_identity(name) and not name.endswith("s"))


def _is_key(module: ModuleFacts, node: ast.expr) -> bool:
    """Tell whether an expression is, or is built into, what a cache or dictionary is asked with."""
    child: ast.AST = node
    for parent in module.nodes.ancestors(node):
        match parent:
            case ast.FormattedValue() | ast.JoinedStr() | ast.BinOp(op=ast.Add() | ast.Mod()) | ast.Tuple():
                child = parent
            case ast.Assign(targets=[ast.Name(id=name) | ast.Attribute(attr=name)]):
                return _KEY.search(name) is not None and not names_credential(name)
            case ast.Subscript(slice=index):
                return index is child
            case ast.keyword(arg=str(name)):
                return name in ("key", "cache_key")
            case ast.Call(func=ast.Attribute(attr="join" | "format")):
                child = parent
            case ast.Call(func=ast.Attribute(value=store, attr=method), args=[first, *_]):
                return (
                    first is child
                    and method in _STORES
                    and _STORE_NAMES.search(ast.unparse(store)) is not None
                )
            case ast.Return():
                function = module.function(parent)
                return function is not None and "key" in function.name and "cache" in function.name
            case _:
                return False
    return False


def _whole(module: ModuleFacts, node: ast.expr) -> Fix | None:
    """Put the whole value in the place of its part, where it stands in an f-string."""
    if not isinstance(node, ast.Subscript) or not isinstance(module.nodes.parent(node), ast.FormattedValue):
        return None
    if not module.editable or not module.text(node).startswith(module.text(node.value)):
        return None
    return Fix((Edit(module.span(node.value)[1], module.span(node)[1], b""),), Safety.UNSAFE)

"""CW704: a token or id that is compared by its beginning."""

import ast
import re
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.closer_look import CloserLook
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gaps import CLOSED, GAP
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.pytest_facts import spelled
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.check.telling_names import (
    names_credential,
)


@final
class TokenComparedByPrefix:
    """A token or id compared by its beginning.

    What it does:
        Finds `token[:8] == other[:8]` and `token.startswith(other)` where both are tokens, keys or ids
        that come from somewhere. A fixed beginning (`token.startswith("sk-")`) is no finding.

    Why it leaks:
        Tokens with the same beginning are taken for one another; the beginning of a JWT is the same for
        all.

    Example:
        if token[:16] == session.token[:16]:
            return session.user

    Use instead:
        if hmac.compare_digest(token, session.token):
            return session.user

    Fix safety:
        Never repaired: a stored beginning has to be replaced by a hash of the whole.
    """

    name: ClassVar[str] = "token-compared-by-prefix"
    code: ClassVar[str] = "CW704"
    family: ClassVar[Family] = Family.TOKENS
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "def kind(token):\n    return token.startswith('sk-') or token[:3] == 'pk-'\n",
            path="app/kind.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "def same(token, session):\n    return token[:16] == session.token[:16]\n",
            path="app/same.py",
        ),
        Example("def same(token, kept):\n    return token.startswith(kept[:8])\n", path="app/same.py"),
        Example(
            "def same(api_key, stored):\n    return api_key.startswith(stored.api_key)\n",
            path="app/same.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what takes a beginning."""
        return IN_SERVICE & Gate.any_of(CloserLook((_PART, _BEGINNING), _of_token))

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each such comparison."""
        if module.is_test or never_in_service(module.path):
            return
        for compare in module.of(ast.Compare):
            sides = [compare.left, *compare.comparators]
            if not isinstance(compare.ops[0], (ast.Eq, ast.NotEq)) or len(sides) != 2:
                continue
            if any(_beginning(side) for side in sides) and all(_beginning(s) or _is_secret(s) for s in sides):
                message = "tokens with the same beginning are taken for one another"
                yield finding(self, module, compare, message)
        for call in module.of(ast.Call):
            match call:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name() | ast.Attribute() as one, attr="startswith"),
                    args=[other],
                ) if _is_secret(one) and (_is_part(other) or _is_secret(other)):
                    yield finding(
                        self, module, call, "tokens with the same beginning are taken for one another"
                    )


_PART: Final = deferred(rb"\[" + GAP + rb":")
_BEGINNING: Final = deferred(rb"\." + GAP + rb"startswith")
_NAMED: Final = deferred(  # or what stands between the name and the place is too long to be seen whole
    rb"(?:\A[^\n]*+\n|token|jwt|key|authorization|bearer|credentials?|password|passwd|secret|cookie|"
    rb"session_?id|auth_?header)" + CLOSED + rb"\Z",
    re.IGNORECASE,
)
_LONGEST: Final = len("authorization")
_GAP: Final = b" \t\n\r\v\f\\)"


def _of_token(source: bytes) -> bool:
    """Tell whether a part of what is named like a credential is taken, or it is asked how it begins."""
    places = (match.start() for part in (_PART, _BEGINNING) for match in part.finditer(source))
    return any(_is_named(source[max(0, place - 200) : place]) for place in places)


def _is_named(before: bytes) -> bool:
    """Tell whether such a name may stand there last: without a comment it ends where the gap begins."""
    end = len(before.rstrip(_GAP))
    is_plain = b"#" not in before and b"\n" not in before[end:]
    return _NAMED.search(before, max(0, end - _LONGEST) if is_plain else 0) is not None


def _beginning(node: ast.expr) -> bool:
    match node:
        case ast.Subscript(
            value=ast.Name() | ast.Attribute() as whole, slice=ast.Slice(lower=None, upper=ast.Constant())
        ):
            return _is_secret(whole)
    return False


def _is_part(node: ast.expr) -> bool:
    """Tell whether an expression is a part of what is kept to be compared with: `stored[:8]`."""
    match node:
        case ast.Subscript(value=ast.Name() | ast.Attribute(), slice=ast.Slice(upper=ast.Constant())):
            return True
    return False


def _is_secret(node: ast.expr) -> bool:
    if not isinstance(node, (ast.Name, ast.Attribute)):
        return False
    name = spelled(node).rpartition(".")[2]
    return names_credential(name) and _OF_TEXT.search(name) is None


_OF_TEXT: Final = deferred(r"prefix|(^|_)(prev|previous|next|last|old)_")  # words typed or parsed one by one

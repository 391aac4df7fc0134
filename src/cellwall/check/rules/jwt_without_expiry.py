"""CW702: a token that never expires, or of which nobody asks whether it has."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.called_names import calls_of
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gaps import given_more_than_a_text
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.own_nodes import own
from cellwall.check.pytest_facts import spelled
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings


@final
class JwtWithoutExpiry:
    """A token that never expires, or of which nobody asks whether it has or for whom it is.

    What it does:
        Finds `jwt.encode` of a dictionary written there that has no `exp`, and `jwt.decode` with
        `verify_exp` or `verify_aud` switched off.

    Why it leaks:
        A token that was seen once, in a log, a backup or a browser that was sold, opens its user's data
        for ever. A token for another service of the same issuer opens it too.

    Example:
        token = jwt.encode({"sub": user_id}, key, algorithm="HS256")

    Use instead:
        token = jwt.encode({"sub": user_id, "exp": now + timedelta(minutes=15)}, key, algorithm="HS256")

    Fix safety:
        Never repaired: how long a token lives is a decision.
    """

    name: ClassVar[str] = "jwt-without-expiry"
    code: ClassVar[str] = "CW702"
    family: ClassVar[Family] = Family.TOKENS
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import jwt\n\n\ndef make(user_id, key, at):\n"
            "    return jwt.encode({'sub': user_id, 'exp': at}, key)\n",
            path="app/make.py",
        ),
        Example(
            "import jwt\n\n\ndef make(claims, key):\n    return jwt.encode(claims, key)\n",
            path="app/make.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import jwt\n\n\ndef make(user_id, key):\n    return jwt.encode({'sub': user_id}, key)\n",
            path="app/make.py",
        ),
        Example(
            "from jose import jwt\n\n\ndef make(user_id, key):\n    claims = {'sub': user_id}\n"
            "    return jwt.encode(claims, key)\n",
            path="app/make.py",
        ),
        Example(
            "import jwt\n\n\ndef who(token, key):\n"
            "    return jwt.decode(token, key, options={'verify_exp': False})['sub']\n",
            path="app/who.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what makes a token, or switches the question off."""
        return IN_SERVICE & Gate.any_of(b"verify_exp", b"verify_aud", given_more_than_a_text(b"encode"))

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each token without an end, and each question that is not asked."""
        if module.is_test or never_in_service(module.path):
            return
        for call in calls_of(module, (*_ENCODING, *_DECODING)):
            name = module.matches(call.func, (*_ENCODING, *_DECODING))
            if name in _ENCODING and call.args and _has_no_end(module, call):
                yield finding(self, module, call, "a token without `exp` opens its user's data for ever")
            off = _switched_off(call) if name in _DECODING else ""
            used = not isinstance(module.nodes.parent(call), ast.Expr)  # else only the signature is asked
            if off and used and not _asks_elsewhere(module):
                yield finding(
                    self, module, call, f"`{off}` is switched off: an old or foreign token is taken"
                )


_ENCODING: Final = ("jwt.encode", "jwt.api_jwt.encode", "jose.jwt.encode")
_DECODING: Final = ("jwt.decode", "jwt.api_jwt.decode", "jose.jwt.decode")


def _has_no_end(module: ModuleFacts, call: ast.Call) -> bool:
    """Tell whether the claims are a dictionary written out here, with a user and without an end."""
    claims: ast.expr = call.args[0]
    function = module.function(call)
    if isinstance(claims, ast.Name) and function is not None:
        name = claims.id
        bound = [
            a.value for a in own(module, function, ast.Assign) if any(spelled(t) == name for t in a.targets)
        ]
        touched = [
            n
            for n in own(module, function, ast.Name)
            if n.id == name and isinstance(module.nodes.parent(n), (ast.Subscript, ast.Attribute))
        ]
        if len(bound) != 1 or touched:
            return False
        claims = bound[0]
    if not isinstance(claims, ast.Dict) or any(key is None for key in claims.keys):
        return False
    keys = {key.value for key in claims.keys if isinstance(key, ast.Constant)}
    return len(keys) == len(claims.keys) and "exp" not in keys and bool(keys & _WHO)


_WHO: Final = frozenset({"sub", "user_id", "username", "email", "user", "uid", "id"})


def _asks_elsewhere(module: ModuleFacts) -> bool:
    """Tell whether the module looks at the end of a token itself."""
    return any(node.attr in ("exp", "expires_at") for node in module.of(ast.Attribute)) or any(
        node.value == "exp" for node in module.of(ast.Constant)
    )


def _switched_off(call: ast.Call) -> str:
    for keyword in call.keywords:
        if keyword.arg != "options" or not isinstance(keyword.value, ast.Dict):
            continue
        off = {
            str(key.value)
            for key, value in zip(keyword.value.keys, keyword.value.values, strict=True)
            if isinstance(key, ast.Constant) and isinstance(value, ast.Constant) and value.value is False
        }
        if "verify_signature" not in off:
            return next((name for name in ("verify_exp", "verify_aud") if name in off), "")
    return ""

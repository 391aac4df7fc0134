"""CW701: a token whose claims are believed without checking its signature."""

import ast
import re
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.called_names import calls_of
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.function_shape import parameter_names
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.hand_read_token import reads_by_hand
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import walk
from cellwall.check.pytest_facts import spelled
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.check.telling_names import names_identity


@final
class JwtWithoutVerification:
    """A token whose claims are believed without checking its signature.

    What it does:
        Finds `jwt.decode` with `verify_signature` switched off or `verify=False`,
        `get_unverified_claims`, and claims that are read by hand out of the middle part of a token. An
        id token is no finding: it comes from the provider itself. A call of which only the issuer, the
        expiry, the token's own id or the like is taken is no finding, also where functions of the module
        take it from a private helper's result, nor is one in a function that decodes with a check too.

    Why it leaks:
        Anybody can write a token that says they are another user.

    Example:
        claims = jwt.decode(token, options={"verify_signature": False})
        return claims["sub"]

    Use instead:
        claims = jwt.decode(token, key, algorithms=["RS256"], audience=AUDIENCE)
        return claims["sub"]

    Fix safety:
        Never repaired: the key has to come from somewhere.
    """

    name: ClassVar[str] = "jwt-without-verification"
    code: ClassVar[str] = "CW701"
    family: ClassVar[Family] = Family.TOKENS
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import jwt\n\n\ndef who(token, key):\n    return jwt.decode(token, key, algorithms=['RS256'])\n",
            path="app/who.py",
        ),
        Example(
            "import jwt\n\n\ndef who(token):\n"
            "    issuer = jwt.decode(token, options={'verify_signature': False})['iss']\n"
            "    return jwt.decode(token, key_of(issuer), algorithms=['RS256'])\n",
            path="app/who.py",
        ),
        Example(
            "import jwt\n\n\ndef check(token):\n"
            "    jwt.decode(token, options={'verify_signature': False, 'verify_exp': True})\n",
            path="app/ends.py",
        ),
        Example(
            "import base64\nimport json\n\n\ndef ends(token):\n    payload = token.split('.')[1]\n"
            "    return json.loads(base64.urlsafe_b64decode(payload + '=='))['exp']\n",
            path="app/ends.py",
        ),
        Example(
            "import base64\nimport hmac\nimport json\n\n\ndef who(token, key):\n"
            "    head, payload, signature = token.split('.')\n"
            "    if not hmac.compare_digest(signature, sign(key, head, payload)):\n        raise BadToken\n"
            "    return json.loads(base64.urlsafe_b64decode(payload + '=='))['sub']\n",
            path="app/who.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import jwt\n\n\ndef who(token):\n"
            "    return jwt.decode(token, options={'verify_signature': False})['sub']\n",
            path="app/who.py",
        ),
        Example(
            "from jose import jwt\n\n\ndef who(token):\n    return jwt.get_unverified_claims(token)['sub']\n",
            path="app/who.py",
        ),
        Example(
            "import base64\nimport json\n\n\ndef who(token):\n    payload = token.split('.')[1]\n"
            "    claims = json.loads(base64.urlsafe_b64decode(payload + '=='))\n    return claims['sub']\n",
            path="app/who.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what switches the check off."""
        return IN_SERVICE & Gate.any_of(b"verify", b"unverified", b"b64decode", b"decodebytes")

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each token that is believed."""
        if module.is_test or never_in_service(module.path):
            return
        calls = calls_of(module, _DECODING)
        unsafe = [call for call in calls if _is_unverified(call)]
        for call in unsafe:
            function = module.function(call)
            others = [
                c
                for c in calls
                if c not in unsafe and "decode" in spelled(c.func) and module.function(c) is function
            ]
            if not others and not _claims_not_believed(module, call) and not _is_id_token(call):
                yield finding(self, module, call, _MESSAGE)
        for call in module.of(ast.Call):
            if not reads_by_hand(module, call) or _speaks_of_id_token(module, call):
                continue
            if not _claims_not_believed(module, call) and not _callers_do_not_believe(module, call):
                yield finding(self, module, call, _MESSAGE)


_MESSAGE: Final = "these claims are believed without a check of the signature"
_DECODING: Final = (
    "jwt.decode",
    "jwt.api_jwt.decode",
    "jose.jwt.decode",
    "jose.jwt.get_unverified_claims",
    "jwt.decode_complete",
)


def _is_unverified(call: ast.Call) -> bool:
    if "unverified" in spelled(call.func):
        return True
    for keyword in call.keywords:
        match keyword:
            case ast.keyword(arg="verify", value=ast.Constant(value=False)):
                return True
            case ast.keyword(arg="options", value=ast.Dict(keys=keys, values=values)):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "verify_signature":
                        return isinstance(value, ast.Constant) and value.value is False
    return False


_ID_TOKEN: Final = deferred(r"id_?token$", re.IGNORECASE)


def _is_id_token(call: ast.Call) -> bool:
    """Tell whether an OpenID provider's id token is read, which comes from its own endpoint over TLS."""
    first = call.args[0] if call.args else None
    return first is not None and _ID_TOKEN.search(spelled(first).rpartition(".")[2]) is not None


def _speaks_of_id_token(module: ModuleFacts, call: ast.Call) -> bool:
    """Tell whether the function that reads a token by hand is given an id token."""
    function = module.function(call)
    return function is not None and any(_ID_TOKEN.search(name) for name in parameter_names(function))


def _callers_do_not_believe(module: ModuleFacts, call: ast.Call) -> bool:
    """Tell whether a private function gives what is decoded to its module only, which takes nothing of it."""
    function = module.function(call)
    if function is None or not function.name.startswith("_") or not _is_returned(module, call):
        return False
    calls = [one for one in module.of(ast.Call) if spelled(one.func).rpartition(".")[2] == function.name]
    return bool(calls) and all(_claims_not_believed(module, one) for one in calls)


def _is_returned(module: ModuleFacts, call: ast.Call) -> bool:
    return isinstance(module.nodes.parent(call), ast.Return)


def _claims_not_believed(module: ModuleFacts, call: ast.Call) -> bool:
    """Tell whether nothing that says who somebody is gets taken from what is decoded.

    Only items with a written key may be taken out, and what is decoded may go nowhere else.
    """
    parent = module.nodes.parent(call)
    match parent:
        case ast.Expr():
            return True
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            function = module.function(call)
            used = [n for n in walk(function or module.tree) if isinstance(n, ast.Name) and n.id == name]
            loaded = [node for node in used if isinstance(node.ctx, ast.Load) and not _is_asked(module, node)]
            return bool(loaded) and not any(_says_who(_taken(module, node)) for node in loaded)
    return not _says_who(_taken(module, call))


def _is_asked(module: ModuleFacts, node: ast.Name) -> bool:
    """Tell whether a place only asks whether there are claims at all."""
    match module.nodes.parent(node):
        case ast.UnaryOp(op=ast.Not()) | ast.If() | ast.Compare(ops=[ast.Is() | ast.IsNot()]):
            return True
    return False


_WHO: Final = deferred(
    r"^(|sub|id|oid|upn|.*(name|roles?|scopes?|scp|groups?|permissions?|admin|identity).*)$"
)


def _says_who(claim: str) -> bool:
    """Tell whether a claim says who somebody is or what they may; "" stands for all claims."""
    return _WHO.match(claim) is not None or names_identity(claim)


def _taken(module: ModuleFacts, node: ast.expr) -> str:
    """Give the claim that is taken from what is decoded, "" where it is used as a whole."""
    match module.nodes.parent(node):
        case ast.Subscript(value=value, slice=ast.Constant(value=str(key))) if value is node:
            return key
        case ast.Attribute(attr="get") as get:
            asked = module.nodes.parent(get)
            if isinstance(asked, ast.Call) and asked.args and isinstance(asked.args[0], ast.Constant):
                return str(asked.args[0].value)
        case ast.Compare(left=ast.Constant(value=str(key)), ops=[ast.In() | ast.NotIn()]):
            return key
    return ""

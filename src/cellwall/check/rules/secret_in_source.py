"""CW703: a secret that signs tokens or sessions, written into the source."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Final, final

from cellwall.check.bindings import Kind
from cellwall.check.called_names import calls_of
from cellwall.check.closer_look import InOnePass
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Edit, Fix, Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.function_shape import parameter_names
from cellwall.check.gaps import given_more_than_a_text
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.instances import inherits, is_instance
from cellwall.check.known_name import last_name
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.pytest_facts import spelled
from cellwall.check.rule import BY_HAND, Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings


@final
class SecretInSource:
    """A secret that signs tokens or sessions, written into the source.

    What it does:
        Finds a text as the value, or as the default (of the environment's variable, of a setting's
        field, of a parameter), of a name like `SECRET_KEY`, `JWT_SECRET`,
        `SESSION_SECRET`, of such an item of a configuration, and as the key (written there, or a
        constant of the module) of `jwt.encode`, `jwt.decode` and the middleware of sessions. An empty
        text, a name of a variable or file, and a text in tests or in settings for development is no
        finding, nor is another service's key.

    Why it leaks:
        Whoever has seen the source, or the default, can sign a token for any user.

    Example:
        SECRET_KEY = os.environ.get("SECRET_KEY", "change-me")

    Use instead:
        SECRET_KEY = os.environ["SECRET_KEY"]

    Fix safety:
        Unsafe for a default of `os.environ.get` and `os.getenv`: the environment has to have it then,
        or the service does not start. A plain text is listed.
    """

    name: ClassVar[str] = "secret-in-source"
    code: ClassVar[str] = "CW703"
    family: ClassVar[Family] = Family.TOKENS
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = Safety.UNSAFE

    VALID: ClassVar[tuple[Example, ...]] = (
        Example("import os\n\nSECRET_KEY = os.environ['SECRET_KEY']\n", path="app/settings.py"),
        Example("DATA_JWT_SECRET = 'oauth2_jwt_secret'\n", path="app/flow.py"),
        Example("SECRET_KEY = ''\nJWT_SECRET_NAME = 'jwt-secret'\n", path="app/settings.py"),
        Example(
            "class TestSettings(Settings):\n    SECRET_KEY: str = 'for the tests alone'\n\n\n"
            "class Store:\n    SIGNING_SECRET = '__signing_secret__'\n",
            path="app/settings.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("SECRET_KEY = 'd41d8cd98f00b204'\n", path="app/settings.py"),
        Example("import os\n\nJWT_SECRET = os.getenv('JWT_SECRET', 'change-me')\n", path="app/settings.py"),
        Example(
            "from pydantic import Field\nfrom pydantic_settings import BaseSettings\n\n\n"
            "class Settings(BaseSettings):\n    jwt_secret: str = Field(default='change-me-please')\n",
            path="app/config.py",
        ),
        Example(
            "import jwt\n\n\ndef make(user_id):\n"
            "    return jwt.encode({'sub': user_id, 'exp': 1}, 'hush-hush')\n",
            path="app/make.py",
        ),
        Example(
            "import jwt\n\nKEY = 'change-me-please'\n\n\ndef read(token):\n"
            "    return jwt.decode(token, KEY, algorithms=['HS256'])['sub']\n",
            path="app/read.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the words of a secret's name, and what signs."""
        return (
            IN_SERVICE
            & Gate.any_of(
                b"SECRET", b"secret", b"encode", b"SIGNING", b"signing", b"decode", b"jwt_key", b"JWT_KEY"
            )
            & Gate.any_of(*_SIGNED, InOnePass(_SPELLED))
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each secret that stands in the source."""
        if module.is_test or never_in_service(module.path) or _NOT_SERVED.search(module.path):
            return
        assignments: list[ast.Assign | ast.AnnAssign] = [*module.of(ast.Assign), *module.of(ast.AnnAssign)]
        for assignment in assignments:
            targets = assignment.targets if isinstance(assignment, ast.Assign) else [assignment.target]
            if not any(_NAME.search(_name_of(target)) for target in targets):
                continue
            if _is_of_storage(module, assignment, targets):
                continue
            cls = module.nodes.parent(assignment)
            if isinstance(cls, ast.ClassDef) and (
                cls.name.startswith("Test") or inherits(module, cls, ("Enum",))
            ):
                continue
            text = _secret(module, assignment.value)
            if text is not None and not any(_calls_itself(target, text) for target in targets):
                message = "whoever has seen this can sign for any user"
                yield finding(self, module, text, message, _required(module, text) or BY_HAND)
        for text in _given_by_default(module):
            yield finding(self, module, text, "whoever has seen this default can sign for any user")
        for call in {module.nodes.parent(one): None for one in module.of(ast.keyword) if _is_secrets(one)}:
            for text in _configured(module, call) if isinstance(call, ast.Call) else ():
                yield finding(self, module, text, "whoever has seen this can sign for any user")
        for call in calls_of(module, _KEYED):
            key = (
                call.args[1]
                if len(call.args) > 1
                else next((k.value for k in call.keywords if k.arg == "key"), None)
            )
            if isinstance(key, ast.Constant) and isinstance(key.value, (str, bytes)) and key.value:
                yield finding(self, module, key, "whoever has seen this key can sign for any user")
            elif isinstance(key, ast.Name) and (text := _named(module, key)) is not None:
                message = "whoever has seen this can sign for any user"
                yield finding(self, module, text, message, _required(module, text) or BY_HAND)


def _named(module: ModuleFacts, key: ast.Name) -> ast.Constant | None:
    """Give the text that the module gives to the name of a key, whatever it is called."""
    known = module.resolver.binding_candidates(key.id, key)
    if known is None or known[0] is not module.tree or len(known[1]) != 1:
        return None
    return _secret(module, known[1][0].value) if known[1][0].kind is Kind.VALUE else None


def _is_of_storage(module: ModuleFacts, assignment: ast.stmt, targets: Sequence[ast.expr]) -> bool:
    """Tell whether a class has an `access_key` beside its `secret_key`: both open a store of objects."""
    around = module.nodes.parent(assignment)
    if not isinstance(around, ast.ClassDef) or [spelled(t).lower() for t in targets] != ["secret_key"]:
        return False
    return any(
        isinstance(one, ast.AnnAssign) and spelled(one.target).lower() == "access_key" for one in around.body
    )


def _given_by_default(module: ModuleFacts) -> Iterator[ast.Constant]:
    """Give the secrets that parameters have by default, those of stores of objects apart."""
    for function in module.nodes.functions():
        for argument, default in _defaults(function):
            of_storage = argument.arg == "secret_key" and "access_key" in parameter_names(function)
            text = _secret(module, default) if _NAME.search(_cased(argument.arg)) else None
            if text is not None and not of_storage:
                yield text


def _defaults(function: Function) -> Iterator[tuple[ast.arg, ast.expr]]:
    places = [*function.args.posonlyargs, *function.args.args]
    yield from zip(places[len(places) - len(function.args.defaults) :], function.args.defaults, strict=True)
    for argument, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        if default is not None:
            yield argument, default


_NAME: Final = deferred(
    r"(^|_)(secret_?key|jwt_?secret(_key)?|jwt_key|session_secret|signing_(key|secret)|cookie_secret|token_secret)$",
    re.IGNORECASE,
)
_NO_SECRET: Final = deferred(
    r"^$|^__\w+__$|^[A-Z][A-Z0-9_]+$|^_?[a-z]+\d?([_.][a-z]+)+$|^[x*.]+$|[<{$%]|^\.{3}$|^/|\s.*\s"
)


def _name_of(target: ast.expr) -> str:
    """Give the last part of what is assigned to, in capitals or without any, else ""."""
    match target:
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            name = key
        case _:
            name = spelled(target).rpartition(".")[2]
    return _cased(name)


def _calls_itself(target: ast.expr, text: ast.Constant) -> bool:
    """Tell whether the text is a word of the name: what an item of a store of secrets is called."""
    return text.value in {*_name_of(target).lower().split("_")} - {"secret", "key", "jwt"}


def _cased(name: str) -> str:
    """Give a name that is all small or all capitals, which are what the gate knows, else "".

    So is that of another service's key, which signs nothing here.
    """
    if not _NAME.search(name) or _ELSEWHERE.search(name):  # most are no names of secrets at all
        return ""
    return name if name.islower() or name.isupper() else ""


_SIGNED: Final = given_more_than_a_text(b"encode"), given_more_than_a_text(b"decode")
_SPELLED: Final = deferred(
    rb"secret_?key|jwt_?secret|jwt_key|session_secret|signing_key|signing_secret|cookie_secret|token_secret",
    re.IGNORECASE,
)
_ELSEWHERE: Final = deferred(
    r"(^|_)(re?captcha|minio|s3|aws|oss|cos|bucket|storage|stripe|paypal|twilio|wx|wechat|weixin|baidu|tencent|"
    r"aliyun|dev|test|placeholder)(_|$)",
    re.IGNORECASE,
)
# Settings for the work on the project, its tests and its packaging.
_NOT_SERVED: Final = deferred(
    r"(^|/)ci/|(^|/)[^/]*(?:^|/|_)(?:local|dev|development|testing|tester|test|build_settings)(?:_[^/]*)?\.py$"
)


def _is_secrets(keyword: ast.keyword) -> bool:
    return keyword.arg is not None and _NAME.search(_cased(keyword.arg)) is not None


def _configured(module: ModuleFacts, call: ast.Call) -> Iterator[ast.Constant]:
    """Give the secrets that are written into a call which configures an application or its sessions."""
    named = [keyword for keyword in call.keywords if _is_secrets(keyword)]
    configures = isinstance(call.func, ast.Attribute) and call.func.attr in ("update", "from_mapping")
    signs = {last_name(module, value) for value in (call.func, *call.args[:1])} & _SIGNING
    for keyword in named if configures or signs else ():
        text = _secret(module, keyword.value)
        if text is not None:
            yield text


_KEYED: Final = ("jwt.encode", "jwt.decode", "jose.jwt.encode", "jose.jwt.decode")
_SIGNING: Final = frozenset({"SessionMiddleware", "CookieBackend", "JWTStrategy"})


def _secret(module: ModuleFacts, value: ast.expr | None) -> ast.Constant | None:
    """Give the text that a secret is, or is by default; None where it comes from elsewhere."""
    match value:
        case ast.Constant(value=str(text) | bytes(text)):
            shown = text.decode("latin-1") if isinstance(text, bytes) else text
            return None if _NO_SECRET.search(shown) else value
        case ast.Call(func=func, args=[_, ast.Constant(value=str(text)) as default]):
            if module.matches(func, ("os.getenv", "os.environ.get")) and text and not _NO_SECRET.search(text):
                return default
        case ast.Call(func=func, keywords=given, args=args):
            return _given_default(module, func, args, given)
        case ast.BoolOp(op=ast.Or(), values=[*_, ast.Constant(value=str(text)) as last]):
            return last if text and not _NO_SECRET.search(text) else None
    return None


_FIELDS: Final = ("pydantic.Field", "pydantic.fields.Field", "dataclasses.field", "attrs.field", "attr.ib")
_READERS: Final = ("decouple.config", "environ.Env", "environs.Env", "starlette.config.Config")
_WRAPPERS: Final = ("pydantic.SecretStr", "pydantic.SecretBytes")


def _given_default(
    module: ModuleFacts, func: ast.expr, args: list[ast.expr], given: list[ast.keyword]
) -> ast.Constant | None:
    """Give the text that a field or a reader of the environment has by default."""
    default = next((k.value for k in given if k.arg == "default"), None)
    if module.matches(func, _FIELDS) is not None:
        value = default or (args[0] if args else None)
    elif module.matches(func, _WRAPPERS) is not None:
        value = args[0] if args else None
    elif _reads_environment(module, func):
        value = default or (args[1] if len(args) > 1 else None)
    else:
        return None
    if isinstance(value, ast.Call):
        return _given_default(module, value.func, value.args, value.keywords)
    return _secret(module, value) if isinstance(value, ast.Constant) else None


def _reads_environment(module: ModuleFacts, func: ast.expr) -> bool:
    if module.matches(func, ("os.getenv", "os.environ.get", "decouple.config")) is not None:
        return True
    reader = func.value if isinstance(func, ast.Attribute) else func
    return is_instance(module, reader, _READERS)


def _required(module: ModuleFacts, text: ast.Constant) -> Fix | None:
    """Ask the environment without a default."""
    call = module.nodes.parent(text)
    if (
        not isinstance(call, ast.Call)
        or not module.editable
        or spelled(call.func) not in ("os.getenv", "os.environ.get")
    ):
        return None
    start, stop = module.span(call)
    key = module.text(call.args[0]).encode()
    return Fix((Edit(start, stop, b"os.environ[" + key + b"]"),), Safety.UNSAFE)

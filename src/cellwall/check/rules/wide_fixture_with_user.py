"""CW801: a fixture for many tests that holds a user, a token or a logged-in client."""

import ast
import re
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.closer_look import CloserLook
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Edit, Fix, Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gaps import GAP, OPENED
from cellwall.check.gate import IN_TESTS, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.own_nodes import own_nodes
from cellwall.check.rule import BY_HAND, Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings


@final
class WideFixtureWithUser:
    """A fixture for many tests that holds a user, a token or a client that is logged in.

    What it does:
        Finds pytest fixtures of scope class, module, package or session whose name says that they give
        a user, a token or a context of one (`user`, `auth_headers`, `logged_in_client`), and that are
        not made of constants alone.

    Why it leaks:
        All tests act as one user, with what the earlier ones left on the account. A service that mixes
        users up passes: there is nobody to mix up with.

    Example:
        @pytest.fixture(scope="module")
        def user(db):
            return db.create_user("ann")

    Use instead:
        @pytest.fixture
        def user(db):
            return db.create_user(f"ann-{uuid4()}")

    Fix safety:
        Unsafe: the scope is taken out, and each test pays for a user of its own.
    """

    name: ClassVar[str] = "wide-fixture-with-user"
    code: ClassVar[str] = "CW801"
    family: ClassVar[Family] = Family.TESTS
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = Safety.UNSAFE

    VALID: ClassVar[tuple[Example, ...]] = (
        Example("import pytest\n\n\n@pytest.fixture\ndef user(db):\n    return db.create_user('ann')\n"),
        Example(
            "import pytest\n\n\n@pytest.fixture(scope='session')\ndef engine():\n    return make_engine()\n"
        ),
        Example("import pytest\n\n\n@pytest.fixture(scope='session')\ndef user_id():\n    return 'ann'\n"),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import pytest\n\n\n@pytest.fixture(scope='module')\ndef user(db):\n"
            "    return db.create_user('ann')\n"
        ),
        Example(
            "from pytest import fixture\n\n\n@fixture(name='auth_headers', scope='session')\n"
            "def make_headers(client):\n"
            "    return {'Authorization': client.login('ann')}\n"
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give a scope that is not the usual one."""
        return (
            IN_TESTS
            & Gate.any_of(b"scope")
            & Gate.any_of(b"fixture")
            & Gate.any_of(CloserLook((_WIDE,), _may_hold_user))
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each such fixture, at its decorator."""
        if not module.is_test:
            return
        for same in module.pytest.fixtures.values():
            for fixture in same:
                if fixture.scope in ("function", "dynamic") or not _holds_user(fixture.name):
                    continue
                if not any(isinstance(node, ast.Call) for node in own_nodes(module, fixture.function)):
                    continue
                message = f"all tests of a {fixture.scope} share the user of `{fixture.name}`"
                place = fixture.function.decorator_list[0]
                yield finding(self, module, place, message, _narrowed(module, place) or BY_HAND)


_WIDE: Final = deferred(rb"scope" + GAP + b"=" + OPENED + rb"[a-zA-Z]{0,2}[\"'](?!function[\"'])")
_HELD: Final = deferred(
    r"(^|_)(user|account|tenant|customer|member|person|owner|token|jwt|api_key|credentials|auth_headers|user_context)$|"
    r"logged_in|authenticated|authori[sz]ed_client|auth_client|user_client"
)


def _holds_user(name: str) -> bool:
    return _HELD.search(name.lower()) is not None and not _OF_NOBODY.search(name.lower())


# What prepares something, and what opens another service, which has no users of this one.
_OF_NOBODY: Final = deferred(
    r"^_?(set|setup|patch|mock)_|(^|_)(minio|s3|aws|gcp|azure|github|gitlab|slack|clickhouse|tinybird|redis|"
    r"postgres|mysql|smtp)_"
)


_FUNCTION: Final = deferred(rb"^[ \t\f]*(?:async[\s\\]+)?def[\s\\]+([\w\x80-\xff]+)", re.MULTILINE)
_OTHER_NAME: Final = deferred(
    rb"name(?<!\wname)"
    + GAP
    + b"="
    + OPENED
    + rb"[a-zA-Z]{0,2}[\"']([^\"'\n]*)[\"']("
    + GAP
    + rb"[a-zA-Z]{0,2}[\"'])?"
)


def _may_hold_user(source: bytes) -> bool:
    """Tell whether the function below a wide scope, or something with a `name`, is called like a user's."""
    ends = [wide.end() for wide in _WIDE.finditer(source)]
    for end in ends:
        function = _FUNCTION.search(source, end)
        if function is None or _holds_user(function[1].decode("utf-8", "replace")):
            return True
    return bool(ends) and any(
        other[2] or _holds_user(other[1].decode("utf-8", "replace")) for other in _OTHER_NAME.finditer(source)
    )


def _narrowed(module: ModuleFacts, decorator: ast.expr) -> Fix | None:
    """Take the scope out, where it is the decorator's only argument."""
    if (
        not isinstance(decorator, ast.Call)
        or decorator.args
        or len(decorator.keywords) != 1
        or not module.editable
    ):
        return None
    start, stop = module.span(decorator.func)[1], module.span(decorator)[1]
    return Fix((Edit(start, stop, b""),), Safety.UNSAFE)

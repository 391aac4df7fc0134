"""A call with a written-out id and a context gets through however it is laid out; other calls stay out."""

import pytest

from cellwall.check.id_beside_context_gate import gives_id_beside_context
from cellwall.check.rules.constant_user_id import ConstantUserId
from cellwall.check.settings import CheckSettings
from cellwall.project.default_roles import DEFAULT_ROLES
from tests.check.gate_and_rule import finds, is_kept_out, passes
from tests.check.spacing import layouts

SETTINGS = CheckSettings()
HEAD = "from app import UserExecutionContext, pool\n\n\n"
TEST = "def test_a(pool, user_context, ctx):\n    {}\n"
FOUND = [
    'pool.send(user_context, user_id="a")',
    'pool.send(self.user_context, user_id=("a"))',
    'pool.send(user_id="a", context=(user_context))',
    'pool.send(*[1], {"a": (1, 2)}, email="""\na""", by=user_context)',
    'x = [pool.of(1)(user_context, api_key=r"a")]',
    'pool.send(1, b"(", "#", user_context, owner_id="a")',
    'if pool.send(user_context, user_id="a"): pass',
    "x = f\"{pool.send(user_context, user_id='a')}\"",
    'pool.send(Request(user_context), user_context, user_id="a")',
]
BY_CLASS = [
    'pool.send(UserExecutionContext(1), user_id="a")',
    'given = UserExecutionContext(1)\n    pool.send(given, user_id="a")',
    'given = UserExecutionContext(1)\n    pool.send(by=given or None, user_id="a")',
]
QUIET = [
    'User(user_id="a", by=user_context)',
    'dict(user_id="a", by=user_context)',
    'pool.send(User(user_id="a"), user_context)',
    'pool.send(user_id="a")\n    pool.send(user_context)',
    "pool.send(user_context, user_id=1)",
    "x = \"pool.send(user_context, user_id='a')\"",
    'pool.send(1)  # user_context, user_id="a")',
    'def send(user_context, user_id="a"): pass',
]


@pytest.mark.parametrize("call", FOUND + BY_CLASS)
def test_every_call_gets_through(call: str) -> None:
    source = HEAD + TEST.format(call)
    assert finds(ConstantUserId(), source, SETTINGS)
    for _, other in (("", source), *layouts(source)):
        assert not is_kept_out(ConstantUserId(), other, SETTINGS), other


@pytest.mark.parametrize("call", FOUND)
def test_fixtures_and_methods_count_too(call: str) -> None:
    fixture = f"import pytest\n@pytest.fixture\ndef a(pool, user_context):\n    {call}\n"
    method = f"class TestA:\n    def test_a(self, pool, user_context):\n        {call}\n"
    for source in (fixture, method):
        assert finds(ConstantUserId(), source, SETTINGS)
        assert passes(ConstantUserId(), source, SETTINGS)


@pytest.mark.parametrize("call", QUIET)
def test_what_is_no_such_call_stays_out(call: str) -> None:
    source = TEST.format(call)
    assert not finds(ConstantUserId(), source, SETTINGS)
    assert not gives_id_beside_context((b"UserExecutionContext",))(source.encode())


def test_a_helper_stays_out() -> None:
    source = f"def helper(pool, user_context):\n    {FOUND[0]}\n"
    assert not passes(ConstantUserId(), source, SETTINGS)


def test_a_file_that_makes_the_roles_context_gets_through_as_before() -> None:
    settings = CheckSettings(roles=DEFAULT_ROLES)
    for example in ConstantUserId.INVALID:
        assert passes(ConstantUserId(), example.source, settings)

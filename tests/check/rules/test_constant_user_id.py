"""CW106: which texts are the context's own user, which may be another's, and which are nobody's business."""

from collections.abc import Callable
from textwrap import dedent
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cellwall.check.engine import rules_for
from cellwall.check.fixer import FixResult, fix_source
from cellwall.check.parse import Parsed, parse
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.reason import Reason
from cellwall.check.settings import CheckSettings
from cellwall.project.default_roles import DEFAULT_ROLES
from cellwall.project.roles import Role, Roles

Fix = Callable[..., FixResult]
HEAD = "from cellwall import UserExecutionContext\n\n"
MADE = 'ctx = UserExecutionContext.create_for_user("ada-1")'
SETTINGS = CheckSettings(roles=DEFAULT_ROLES, async_tests=True, rules=("constant-user-id",))


def a_test(*lines: str, opening: str = "async def test_it(pool):") -> str:
    return HEAD + "\n".join([opening, *(f"    {line}" for line in lines)]) + "\n"


REPAIRED = {
    "by its place": ('await pool.close("ada-1", ctx)', "await pool.close(ctx.user_id, ctx)"),
    "by its name": ('pool.close(1, ctx, user_id="ada-1")', "pool.close(1, ctx, user_id=ctx.user_id)"),
    "both by name": ('pool.close(user_id="ada-1", by=ctx)', "pool.close(user_id=ctx.user_id, by=ctx)"),
    "inside another call": ('run(pool.close("ada-1", ctx))', "run(pool.close(ctx.user_id, ctx))"),
    "kept": ('one = pool.open("ada-1", ctx)', "one = pool.open(ctx.user_id, ctx)"),
    "not ASCII": ('pool.send("é"); pool.close("ada-1", ctx)', 'pool.send("é"); pool.close(ctx.user_id, ctx)'),
}


@pytest.mark.parametrize("shape", REPAIRED)
def test_repairs(shape: str, fix: Fix) -> None:
    before, after = REPAIRED[shape]
    result = fix(a_test(MADE, before))
    assert result.source.decode() == a_test(MADE, after)
    assert not result.remaining


NOTHING = {
    "no context beside it": 'pool.close("ada-1")',
    "asserted": 'assert pool.of("ada-1", ctx) == 1',
    "asserted by a call": 'pool.assert_closed("ada-1", ctx)',
    "expected to fail": 'with pytest.raises(KeyError):\n        pool.close("ada-1", ctx)',
    "an expected value": 'expected = Event(user_id="ada-1", by=ctx)',
    "another text": 'pool.close("ada-12", ctx)',
    "a second user": 'pool.move("ada-1", ctx, user_id="bob-1")',
    "a second context": 'pool.close("ada-1", ctx, UserExecutionContext.create_for_user("bob-1"))',
    "bound again": 'pool.close("ada-1", ctx); ctx = None',
    "not an id": 'pool.say(ctx, text="ada-1")',
    "a second argument": 'pool.say(ctx, "ada-1")',
    "kept as what is expected": 'expected = pool.of("ada-1", ctx)',
    "inside an expected value": 'event = Event(pool.of("ada-1", ctx))',
    "checked by a name": 'verify_owner("ada-1", ctx)',
    "a second user of the same call": 'pool.close("ada-1", ctx); pool.close("bob-1", ctx)',
    "another context in sight": 'pool.move("ada-1", ctx, other_context)',
    "its id is set": 'ctx.user_id = "bob-1"; pool.close("ada-1", ctx)',
    "its class is used again": 'pool.close("ada-1", ctx, UserExecutionContext.of("bob-1"))',
}


@pytest.mark.parametrize("shape", NOTHING)
def test_what_is_no_finding(shape: str, fix: Fix) -> None:
    source = a_test(MADE, NOTHING[shape])
    result = fix(source)
    assert result.source.decode() == source
    assert result.remaining == ()


def test_what_comes_before_the_context_or_may_not_have_one_is_nothing(fix: Fix) -> None:
    for source in (
        a_test('pool.open("ada-1", ctx)', MADE),
        a_test(f"if pool:\n        {MADE}", 'pool.close("ada-1", ctx)'),
        a_test('ctx = UserExecutionContext.create_for_user("a")', 'pool.close("a", ctx)'),
        a_test(MADE, 'pool.close("ada-1", ctx)', opening="def helper(pool):"),
    ):
        assert fix(source).remaining == ()
        assert fix(source).source.decode() == source


def test_a_context_made_by_a_keyword_counts_too(fix: Fix) -> None:
    made = 'ctx = UserExecutionContext.create_for_user(user_id="ada-1", session_id="s-1")'
    result = fix(a_test(made, 'pool.close("ada-1", ctx)'))
    assert result.source.decode() == a_test(made, "pool.close(ctx.user_id, ctx)")
    other = made.replace("user_id", "request_id")
    assert fix(a_test(other, 'pool.close("ada-1", ctx)')).repaired == ()


def test_an_inner_function_is_listed(fix: Fix) -> None:
    result = fix(a_test(MADE, 'run(lambda: pool.close("ada-1", ctx))'))
    assert [f.reason for f in result.remaining] == [Reason.ESCAPES]


def test_a_context_that_calls_its_user_otherwise_is_listed(fix: Fix) -> None:
    role = Role("context", ("from app import Visit",), "Visit.of(who={user_id})", line=3)
    roles = Roles(MappingProxyType({**DEFAULT_ROLES.by_name, "context": role}))
    source = "from app import Visit\n\ndef test_it(pool):\n    v = Visit.of(who='ada-1')\n"
    source += "    pool.close('ada-1', v)\n"
    assert [f.reason for f in fix(source, roles=roles).remaining] == [Reason.MEMBER_MISSING]
    known = role._replace(members=("user_id",))
    knowing = Roles(MappingProxyType({**DEFAULT_ROLES.by_name, "context": known}))
    assert b"pool.close(v.user_id, v)" in fix(source, roles=knowing).source
    seen = source + "    print(v.user_id)\n"  # it has the attribute, and nothing says what it holds
    assert [f.reason for f in fix(seen, roles=roles).remaining] == [Reason.MEMBER_MISSING]


@pytest.mark.parametrize("name", ["user_id", "email", "api_key"])
def test_a_constant_beside_an_unknown_context_is_listed(name: str, fix: Fix) -> None:
    source = f"""
        def test_it(user_context, pool):
            pool.open(user_context, {name}="ada-1")
        """
    result = fix(source)
    assert [(f.reason, f.fix) for f in result.remaining] == [(Reason.ESCAPES, None)]
    assert result.source.decode() == dedent(source)


def test_a_constant_that_the_test_asserts_or_one_of_two_is_no_finding(fix: Fix) -> None:
    call = "    pool.open(user_context, user_id='ada-1')\n"
    opening = "def test_it(user_context, pool):\n"
    assert fix(opening + call + "    assert pool.users == ['ada-1']\n").remaining == ()
    assert fix(opening + call + call.replace("ada", "bob")).remaining == ()
    assert len(fix(opening + call).remaining) == 1


LINES = st.sampled_from(
    [
        f"    {MADE}\n",
        "    ctx = await UserExecutionContext.create_for_user(user_id='ada-1')\n",
        "    pool.close('ada-1', ctx)\n",
        "    pool.close(ctx, user_id='ada-1', *x, **y)\n",
        "    pool.close('ada-1' 'ada-1', f'{ctx}', email='é')\n",
        "    [pool.close('ada-1', ctx) for x in y]\n",
        "    assert pool.close('ada-1', v)\n",
        "    def inner(): pool.close('ada-1', v)\n",
        "async def test_b(user_context, ctx=None):\n",
        "\tpool.close(user_context, user_id='ada-1')\n",
    ]
)


@given(st.lists(LINES, max_size=12))
@hypothesis_settings(max_examples=200, deadline=None, derandomize=True)
def test_any_file_still_parses_and_a_second_pass_changes_nothing(lines: list[str]) -> None:
    source = (HEAD + "async def test_a(pool):\n    pass\n" + "".join(lines)).encode()
    result = fix_source("tests/test_any.py", source, SETTINGS, ProjectFacts())
    assert isinstance(parse(result.source), Parsed) == isinstance(parse(source), Parsed)
    again = fix_source("tests/test_any.py", result.source, SETTINGS, ProjectFacts())
    assert (again.source, again.repaired) == (result.source, ())


@pytest.mark.parametrize(
    ("body", "passes"),
    [
        ("run(user_context, user_id='ada')", True),
        ("run(user_id='ada', to=self.context2)", True),
        ("run(context,\n    # the user\n    user_id='ada')", True),
        ("run(context, user_id=f'ada-{n}')", False),
        ("user_id = 'ada'\n    run(context, user_id)", False),
        ("run(user_id='ada', to='the user_context of', within=contextmanager)", False),
    ],
)
def test_only_files_that_give_a_context_and_an_id_are_parsed(body: str, passes: bool) -> None:
    settings = CheckSettings(rules=("constant-user-id",))
    source = f"def test_a():\n    {body}\n".encode()
    assert bool(rules_for("tests/test_a.py", source, settings, ProjectFacts())) is passes

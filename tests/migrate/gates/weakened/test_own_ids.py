# ruff: noqa: E501  # one line a mutant reads best
"""A context's own id may stand for the very text from which the context was made, and for nothing else."""

from collections.abc import Callable
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.check.fixer import fix_source
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings
from cellwall.migrate.gates.gate import Verdict
from cellwall.migrate.gates.weakened.comparison import Setting, compare
from cellwall.migrate.gates.weakened.facts import ModuleFacts
from cellwall.migrate.gates.weakened.reader import read_module
from cellwall.migrate.gates.weakened.role_patterns import RolePatterns
from cellwall.project.default_roles import DEFAULT_ROLES
from cellwall.project.roles import Role, Roles

HEAD = "import pytest\nfrom cellwall import UserExecutionContext\nfrom shop import Event, pool, setup\n\n"
MADE = '    ctx = UserExecutionContext.create_for_user("ada-1")\n'
USED = '    await pool.close("ada-1", ctx)\n'
OWN = "    await pool.close(ctx.user_id, ctx)\n"


def a_test(*lines: str, opening: str = "async def test_it():") -> str:
    return f"{HEAD}\n{opening}\n{''.join(lines)}    assert pool.users == []\n"


ACCEPTED = {
    "by its place": (USED, OWN),
    "by its name": (
        '    pool.close(1, ctx, user_id="ada-1")\n',
        "    pool.close(1, ctx, user_id=ctx.user_id)\n",
    ),
    "beside a context given by its own name": (
        '    pool.close(user_id="ada-1", ctx=ctx)\n',
        "    pool.close(user_id=ctx.user_id, ctx=ctx)\n",
    ),
    "inside another call": ('    run(pool.close("ada-1", ctx))\n', "    run(pool.close(ctx.user_id, ctx))\n"),
    "kept": ('    one = pool.open("ada-1", ctx)\n', "    one = pool.open(ctx.user_id, ctx)\n"),
    "one of two": (
        '    pool.join(pool.open("ada-1", ctx), pool.open("ada-1", ctx))\n',
        '    pool.join(pool.open(ctx.user_id, ctx), pool.open("ada-1", ctx))\n',
    ),
    "in a block": (
        '    with pool.opened("ada-1", ctx) as one:\n        one.send("hello")\n',
        '    with pool.opened(ctx.user_id, ctx) as one:\n        one.send("hello")\n',
    ),
    "in a loop": (
        '    for n in range(3):\n        pool.send("ada-1", ctx, n)\n',
        "    for n in range(3):\n        pool.send(ctx.user_id, ctx, n)\n",
    ),
}


@pytest.mark.parametrize("shape", ACCEPTED)
def test_the_own_id_for_the_own_text(shape: str, judge: Callable[..., Verdict]) -> None:
    before, after = ACCEPTED[shape]
    verdict = judge(a_test(MADE, before), a_test(MADE, after))
    assert verdict.passed, verdict.evidence


def test_a_context_made_by_a_keyword_counts_too(judge: Callable[..., Verdict]) -> None:
    made = MADE.replace('("ada', '(user_id="ada')
    assert judge(a_test(made, USED), a_test(made, OWN)).passed
    other = MADE.replace('("ada', '(request_id="ada')
    assert not judge(a_test(other, USED), a_test(other, OWN)).passed


def test_a_fixture_that_makes_the_context_counts_too(judge: Callable[..., Verdict]) -> None:
    opening = "@pytest.fixture\nasync def opened():"
    verdict = judge(a_test(MADE, USED, opening=opening), a_test(MADE, OWN, opening=opening))
    assert verdict.passed, verdict.evidence


ASSERTED = '    assert pool.of("ada-1", ctx) == 1\n'
# name -> what stood between the context and the last assertion, and what the mutant makes of it
REFUSED = {
    "another user's text": ('    pool.close("bob-1", ctx)\n', "    pool.close(ctx.user_id, ctx)\n"),
    "a text that only begins alike": ('    pool.close("ada-12", ctx)\n', "    pool.close(ctx.user_id, ctx)\n"),
    "an expected value": (ASSERTED, ASSERTED.replace('"ada-1"', "ctx.user_id")),
    "compared with": (
        '    assert pool.owner(ctx) == "ada-1"\n',
        "    assert pool.owner(ctx) == ctx.user_id\n",
    ),
    "given to an assertion": (
        '    pool.assert_closed("ada-1", ctx)\n',
        "    pool.assert_closed(ctx.user_id, ctx)\n",
    ),
    "given to a check": ('    check_owner(ctx, user_id="ada-1")\n', "    check_owner(ctx, user_id=ctx.user_id)\n"),
    "expected to fail": (
        '    with pytest.raises(KeyError):\n        pool.close("ada-1", ctx)\n',
        "    with pytest.raises(KeyError):\n        pool.close(ctx.user_id, ctx)\n",
    ),
    "an expected object": (
        '    event = Event(user_id="ada-1", by=ctx)\n',
        "    event = Event(user_id=ctx.user_id, by=ctx)\n",
    ),
    "inside an expected object": (
        '    event = Event(pool.of("ada-1", ctx))\n',
        "    event = Event(pool.of(ctx.user_id, ctx))\n",
    ),
    "kept as what is expected": (
        '    expected = pool.of("ada-1", ctx)\n',
        "    expected = pool.of(ctx.user_id, ctx)\n",
    ),
    "another attribute": (USED, OWN.replace("user_id", "session_id")),
    "an attribute of the attribute": (USED, OWN.replace("ctx.user_id,", "ctx.user_id.lower(),")),
    "another name's attribute": (USED, OWN.replace("ctx.user_id", "pool.user_id")),
    "the context itself": (USED, OWN.replace("ctx.user_id", "ctx")),
    "no id": ('    pool.say(ctx, text="ada-1")\n', "    pool.say(ctx, text=ctx.user_id)\n"),
    "a second place": ('    pool.say(ctx, "ada-1")\n', "    pool.say(ctx, ctx.user_id)\n"),
    "no context beside it": ('    pool.close("ada-1")\n', "    pool.close(ctx.user_id)\n"),
    "kept alone": ('    who = "ada-1"\n    pool.close(ctx)\n', "    who = ctx.user_id\n    pool.close(ctx)\n"),
    "the other way round": (OWN, USED),
    "two users by name": (
        USED + '    pool.move(ctx, user_id="bob-1")\n',
        OWN + '    pool.move(ctx, user_id="bob-1")\n',
    ),
    "two users by place": (USED + '    await pool.close("bob-1", ctx)\n', OWN + '    await pool.close("bob-1", ctx)\n'),
    "two users, one unseen": (USED + "    pool.move(user_id=setup.who)\n", OWN + "    pool.move(user_id=setup.who)\n"),
    "two contexts": (
        '    bob = UserExecutionContext.create_for_user("bob-1")\n' + USED,
        '    bob = UserExecutionContext.create_for_user("bob-1")\n' + OWN,
    ),
    "two contexts of one class": (
        '    more = UserExecutionContext.of_token("bob-1")\n' + USED,
        '    more = UserExecutionContext.of_token("bob-1")\n' + OWN,
    ),
    "two contexts, one unseen": (
        "    other_context = setup.other()\n" + USED,
        "    other_context = setup.other()\n" + OWN,
    ),
    "a second user": ("    other_user = setup.other()\n" + USED, "    other_user = setup.other()\n" + OWN),
    "another context bound to the name": ("    ctx = setup.other()\n" + USED, "    ctx = setup.other()\n" + OWN),
    "bound by a loop": ("    for ctx in setup.all():\n    " + USED, "    for ctx in setup.all():\n    " + OWN),
    "bound by a comprehension": (
        '    [pool.close("ada-1", ctx) for ctx in setup.all()]\n',
        "    [pool.close(ctx.user_id, ctx) for ctx in setup.all()]\n",
    ),
    "bound by a lambda": (
        '    setup.run(lambda ctx: pool.close("ada-1", ctx))\n',
        "    setup.run(lambda ctx: pool.close(ctx.user_id, ctx))\n",
    ),
    "in a nested function": (
        '    def later(ctx):\n        pool.close("ada-1", ctx)\n    later(setup.other())\n',
        "    def later(ctx):\n        pool.close(ctx.user_id, ctx)\n    later(setup.other())\n",
    ),
    "the context's id is set": ('    ctx.user_id = "bob-1"\n' + USED, '    ctx.user_id = "bob-1"\n' + OWN),
    "the context's id is set by name": (
        '    object.__setattr__(ctx, "user_id", "bob-1")\n' + USED,
        '    object.__setattr__(ctx, "user_id", "bob-1")\n' + OWN,
    ),
    "the context's id is set in its dict": (
        '    vars(ctx)["user_id"] = "bob-1"\n' + USED,
        '    vars(ctx)["user_id"] = "bob-1"\n' + OWN,
    ),
    "the class is patched": (
        '    with mock.patch("cellwall.UserExecutionContext.user_id", "bob-1"):\n    ' + USED,
        '    with mock.patch("cellwall.UserExecutionContext.user_id", "bob-1"):\n    ' + OWN,
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", REFUSED)
def test_nothing_else_is_the_same_work(shape: str, judge: Callable[..., Verdict]) -> None:
    before, after = (a_test(MADE, text) for text in REFUSED[shape])
    compile(after, shape, "exec")
    verdict = judge(before, after)
    assert not verdict.passed
    assert "tests/test_shop.py:" in verdict.evidence


STRANGE_HEADS = {
    "a class of the test's own": "class UserExecutionContext:\n    pass\n",
    "another module's class": "from shop.fakes import UserExecutionContext\n",
    "a name bound anew": "UserExecutionContext = setup.Fake\n",
    "everything imported": "from shop.fakes import *\n",
    "the id patched in a fixture": "@pytest.fixture(autouse=True)\ndef one(monkeypatch):\n    monkeypatch.setattr(UserExecutionContext, 'user_id', 'bob')\n",
    "the id set in a helper": "def be(ctx, who):\n    ctx.user_id = who\n",
}


@pytest.mark.parametrize("shape", STRANGE_HEADS)
def test_a_context_that_may_not_be_what_it_seems_is_none(shape: str, judge: Callable[..., Verdict]) -> None:
    before, after = (
        a_test(MADE, text, opening=f"{STRANGE_HEADS[shape]}\n\nasync def test_it():") for text in (USED, OWN)
    )
    assert not judge(before, after).passed


def test_a_check_of_this_module_takes_the_text(judge: Callable[..., Verdict]) -> None:
    opening = "def belongs(who, ctx):\n    assert ctx.user == who\n\n\ndef test_it():"
    before, after = (
        a_test(MADE, text, opening=opening)
        for text in ('    belongs("ada-1", ctx)\n', "    belongs(ctx.user_id, ctx)\n")
    )
    assert not judge(before, after).passed


def test_a_context_that_the_patch_makes_or_changes_proves_nothing(judge: Callable[..., Verdict]) -> None:
    outside = a_test('    pool.close("ada-1", ctx)\n', opening="def test_it(ctx):")
    assert not judge(outside, a_test(MADE, "    pool.close(ctx.user_id, ctx)\n")).passed
    changed = MADE.replace("ada", "bob")
    assert not judge(a_test(MADE, USED), a_test(changed, OWN)).passed
    assert not judge(a_test(changed, USED), a_test(MADE, OWN)).passed


@pytest.mark.parametrize("place", ["before", "under a condition", "of the module", "of a fixture"])
def test_the_context_must_be_made_before_and_always(place: str, judge: Callable[..., Verdict]) -> None:
    conditional = f"    if setup.ready:\n    {MADE}"
    shapes = {
        "before": ((USED, MADE), (OWN, MADE), "async def test_it():"),
        "under a condition": ((conditional, USED), (conditional, OWN), "async def test_it():"),
        "of the module": ((USED,), (OWN,), f"{MADE.strip()}\n\n\nasync def test_it():"),
        "of a fixture": (
            (USED,),
            (OWN,),
            f"@pytest.fixture\ndef ctx():\n{MADE}    return ctx\n\n\nasync def test_it(ctx):",
        ),
    }
    before, after, opening = shapes[place]
    assert not judge(a_test(*before, opening=opening), a_test(*after, opening=opening)).passed


def test_the_role_must_be_known_to_keep_the_id(judge: Callable[..., Verdict]) -> None:
    role = Role("context", ("from app import Visit",), "Visit.of(who={user_id})", line=3)
    made = '    ctx = Visit.of(who="ada-1")\n'
    opening = "from app import Visit\n\n\nasync def test_it():"
    before, after = (a_test(made, text, opening=opening) for text in (USED, OWN))
    for members, passes in (((), False), (("who",), False), (("user_id",), True)):
        roles = Roles(MappingProxyType({**DEFAULT_ROLES.by_name, "context": role._replace(members=members)}))
        assert judge(before, after, roles=roles).passed is passes


ROLES = RolePatterns(DEFAULT_ROLES)
SETTINGS = CheckSettings(roles=DEFAULT_ROLES, async_tests=True, rules=("constant-user-id",))
LINES = st.sampled_from(
    [
        "    pool.close('ada-1', ctx)\n",
        "    one = pool.open(ctx, user_id='ada-1')\n",
        "    expected = pool.open(ctx, user_id='ada-1')\n",
        "    Event(pool.open('ada-1', ctx))\n",
        "    await pool.close(user_id='ada-1', by=ctx)\n",
        "    if pool.has('ada-1', ctx):\n        pool.close('ada-1', ctx)\n",
        "    with pool.opened('ada-1', ctx) as x, pytest.raises(KeyError):\n        pool.close('ada-1', ctx)\n",
        "    run(lambda: pool.close('ada-1', ctx))\n",
        "    [pool.close('ada-1', ctx) for x in y]\n",
        "    verify('ada-1', ctx)\n",
        "    pool.close('bob-1', ctx)\n",
        "    pool.say('hello', ctx)\n",
        "    assert pool.close('ada-1', ctx)\n",
        "    other_user = 'ada-1'\n",
        "    pool.close('ada-1', user_context)\n",
        "    ctx.user_id = 'ada-1'\n",
        "    patch.object(ctx, 'user_id')\n",
        "    agent = agent_instance_factory.create_agent('ada-1', ctx)\n",
        "    pool.join(pool.close('ada-1', ctx), pool.close('ada-1', ctx), pool.close('ada-1', ctx))\n",
    ]
)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=5), st.integers(0, 5))
def test_what_the_rule_repairs_is_the_same_work(lines: list[str], place: int) -> None:
    lines.insert(min(place, len(lines)), MADE)
    source = (HEAD + "async def test_it():\n" + "".join(lines)).encode()
    after = fix_source("tests/test_a.py", source, SETTINGS, ProjectFacts()).source
    old, new = (read_module("tests/test_a.py", text, ROLES) for text in (source, after))
    assert isinstance(old, ModuleFacts)
    assert isinstance(new, ModuleFacts)
    assert [one.text() for one in compare(old, new, Setting(async_tests=True, roles=ROLES))] == []


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    st.lists(LINES, min_size=1, max_size=5), st.sampled_from(["'bob-1'", "'ada'", "ctx.session_id", "ctx"])
)
def test_no_other_value_is(lines: list[str], value: str) -> None:
    source = HEAD + "async def test_it():\n" + MADE + "".join(lines)
    after = source.replace("'ada-1'", value)
    old, new = (read_module("tests/test_a.py", text.encode(), ROLES) for text in (source, after))
    assert isinstance(old, ModuleFacts)
    assert isinstance(new, ModuleFacts)
    found = list(compare(old, new, Setting(async_tests=True, roles=ROLES)))
    assert bool(found) is (source != after)

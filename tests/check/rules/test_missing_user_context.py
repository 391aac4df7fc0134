"""CW108: calls of roles that leave the context out, and calls that only look so."""

from collections.abc import Callable
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cellwall.check.fixer import FixResult, fix_source
from cellwall.check.parse import Parsed, parse
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.reason import Reason
from cellwall.check.settings import CheckSettings
from cellwall.project.default_roles import DEFAULT_ROLES
from cellwall.project.roles import Role, Roles

Fix = Callable[..., FixResult]
SESSION = Role("session", ("from app.db import open_session",), "open_session(owner={context})", line=7)
ROLES = Roles(MappingProxyType({**DEFAULT_ROLES.by_name, "session": SESSION}))
SETTINGS = CheckSettings(roles=ROLES, async_tests=True, rules=("missing-user-context",))
HEAD = "from app.db import open_session\nfrom cellwall import agent_instance_factory\n\n"

REPAIRED = {
    "a fixture in sight": (
        "def test_it(user_context):\n    make = agent_instance_factory.create_agent('x')\n",
        "def test_it(user_context):\n    make = agent_instance_factory.create_agent('x', user_context)\n",
    ),
    "by its name": (
        "async def test_it(user_context):\n    async with open_session():\n        pass\n",
        "async def test_it(user_context):\n    async with open_session(owner=user_context):\n        pass\n",
    ),
    "beside another argument": (
        "def test_it(user_context):\n    open_session(mode='é')\n",
        "def test_it(user_context):\n    open_session(mode='é', owner=user_context)\n",
    ),
}


@pytest.mark.parametrize("shape", REPAIRED)
def test_repairs(shape: str, fix: Fix) -> None:
    before, after = REPAIRED[shape]
    result = fix(HEAD + before, roles=ROLES)
    assert result.source.decode() == HEAD + after
    assert result.remaining == ()


def test_a_fixture_without_a_context_makes_one(fix: Fix) -> None:
    before = "import pytest\n\n@pytest.fixture\ndef agent():\n"
    before += "    return agent_instance_factory.create_agent('x')\n"
    result = fix(HEAD + before, path="tests/conftest.py", roles=ROLES)
    assert b'    user_context = UserExecutionContext.create_for_user("user-agent")\n' in result.source
    assert b"return agent_instance_factory.create_agent('x', user_context)\n" in result.source


def test_a_fixture_of_the_project_is_asked_for(fix: Fix) -> None:
    files = {
        "tests/conftest.py": """
            import pytest
            from cellwall import UserExecutionContext

            @pytest.fixture
            def user_context():
                return UserExecutionContext.create_for_user("someone")
            """
    }
    result = fix(HEAD + "def test_it():\n    open_session()\n", roles=ROLES, files=files)
    assert (
        result.source.decode() == HEAD + "def test_it(user_context):\n    open_session(owner=user_context)\n"
    )


LISTED = {
    "agent_instance_factory.create_agent(name='x')": Reason.ARGUMENTS,
    "agent_instance_factory.create_agent('x', )": Reason.ARGUMENTS,
    "agent_instance_factory.create_agent('x'  # why\n    )": Reason.ARGUMENTS,
    "agent_instance_factory.create_agent()": Reason.ARGUMENTS,
    "[open_session() for _ in ()]": Reason.NO_CONTEXT,
}


@pytest.mark.parametrize("call", LISTED)
def test_lists(call: str, fix: Fix) -> None:
    source = f"{HEAD}def test_it(user_context):\n    {call}\n"
    result = fix(source, roles=ROLES)
    assert [f.reason for f in result.remaining] == [LISTED[call]]
    assert result.source.decode() == source


NOTHING = (
    "def test_it(a_context):\n    open_session(a_context)\n",
    "def test_it(context1):\n    open_session(context1)\n",
    "def test_it(x):\n    open_session(**x)\n    agent_instance_factory.create_agent(*x)\n",
    "def test_it():\n    assert open_session() is not open_session()\n",
    "def test_it():\n    with pytest.raises(TypeError):\n        open_session()\n",
    "def helper():\n    return open_session()\n",
    "def open_session():\n    pass\n\ndef test_it():\n    open_session()\n",
    "from other import open_session\n\ndef test_it():\n    open_session()\n",
)


@pytest.mark.parametrize("body", NOTHING)
def test_what_is_no_finding(body: str, fix: Fix) -> None:
    result = fix(HEAD + body, roles=ROLES)
    assert result.source.decode() == HEAD + body
    assert result.remaining == ()


def test_what_the_role_replaces_is_the_finding_of_another_rule(fix: Fix) -> None:
    roles = Roles(MappingProxyType({"session": SESSION._replace(replaces=("app.db.open_session",))}))
    source = HEAD + "def test_it(user_context):\n    open_session()\n"
    result = fix(source, roles=roles, rules=("missing-user-context",))
    assert (result.source.decode(), result.remaining) == (source, ())


def test_a_role_that_takes_no_context_or_does_not_parse_finds_nothing(fix: Fix) -> None:
    source = HEAD + "def test_it(user_context):\n    open_session()\n"
    for create in ("open_session()", "open_session({context}[0])", "open_session({context", "{context}"):
        changed = SESSION._replace(create=create)
        roles = Roles(MappingProxyType({"session": changed}))
        assert fix(source, roles=roles).remaining == ()


LINES = st.sampled_from(
    [
        "def test_a():\n",
        "async def test_b(user_context): open_session()\n",
        "    agent_instance_factory.create_agent('é')\n",
        "    x = (agent_instance_factory\n      .create_agent('x'))\n",
        "    open_session(\n    )\n",
        "    open_session(owner=None, mode=open_session())\n",
        "    f'{open_session()}'\n",
        "class TestC:\n    def test_c(self):\n",
        "        open_session(1)\n",
        "\tlambda: open_session()\n",
        "    '''Doc.'''\n",
    ]
)


@given(st.lists(LINES, max_size=12))
@hypothesis_settings(max_examples=200, deadline=None, derandomize=True)
def test_any_file_still_parses_and_a_second_pass_changes_nothing(lines: list[str]) -> None:
    source = (HEAD + "".join(lines)).encode()
    result = fix_source("tests/test_any.py", source, SETTINGS, ProjectFacts())
    assert isinstance(parse(result.source), Parsed) == isinstance(parse(source), Parsed)
    again = fix_source("tests/test_any.py", result.source, SETTINGS, ProjectFacts())
    assert (again.source, again.repaired) == (result.source, ())

"""Statements are written in touched tests alone, only where they are true, and never twice."""

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cellwall.check.engine import check_source
from cellwall.check.fixer import fix_source
from cellwall.check.parse import Parsed, parse
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings
from cellwall.check.touched_tests import with_statements
from cellwall.project.default_roles import DEFAULT_ROLES

SETTINGS = CheckSettings(roles=DEFAULT_ROLES, async_tests=True)
PATH = "tests/test_x.py"
HEAD = "from app.agents import AgentRegistry\n\n\n"
SAID = (
    "Isolation: user_context is the context of one user; agent_instance_factory.create_agent makes\n"
    "    agent for user_context; the test asserts `agent.name`."
)


def migrated(text: str | bytes) -> str:
    """Repair a module and state its tests' isolation; a second time nothing may change."""
    source = dedent(text).encode() if isinstance(text, str) else text
    fixed = fix_source(PATH, source, SETTINGS, ProjectFacts()).source
    result = with_statements(PATH, source, fixed, SETTINGS, ProjectFacts())
    assert fix_source(PATH, result, SETTINGS, ProjectFacts()).source == result
    assert with_statements(PATH, result, result, SETTINGS, ProjectFacts()) == result
    statements = CheckSettings(roles=DEFAULT_ROLES, rules=("isolation-statement",))
    known = len(check_source(PATH, source, statements, ProjectFacts()).findings)
    assert len(check_source(PATH, result, statements, ProjectFacts()).findings) <= known
    return result.decode()


def touched(head: str = "", assertion: str = "assert agent.name") -> str:
    return (
        f'{HEAD}def test_a(user_context):\n{head}    agent = AgentRegistry.get_agent("x")\n    {assertion}\n'
    )


def test_a_test_without_a_docstring_gets_one() -> None:
    said = SAID.replace(" makes\n    ", "\n    makes ")  # the quotes take some room
    assert f'def test_a(user_context):\n    """{said}"""\n    agent = ' in migrated(touched())


@pytest.mark.parametrize("quotes", ['"""', "'''"])
def test_a_docstring_is_kept(quotes: str) -> None:
    short = migrated(touched(f"    {quotes}Greets; and says so.{quotes}\n"))
    assert f"    {quotes}Greets; and says so.\n\n    {SAID}\n    {quotes}\n    agent = " in short
    long = migrated(touched(f"    {quotes}Greets.\n\n    At length.\n    {quotes}\n"))
    assert f"    {quotes}Greets.\n\n    At length.\n\n    {SAID}\n    {quotes}\n    agent = " in long


@pytest.mark.parametrize(
    "head",
    [
        "    '''Isolation: user_context; agent_instance_factory; agent.'''\n",
        "    '''>>> 1\n    1\n    '''\n",
        "    'Short.'\n",
        "    '''A back\\\\slash.'''\n",
        "    '''Two ''' 'parts'\n",
        "    ''''''\n",
    ],
)
def test_other_docstrings_are_left_alone(head: str) -> None:
    assert head in migrated(touched(head))


@pytest.mark.parametrize(
    "assertion",
    [
        "agent.name",
        "assert 1",
        "assert user_context",
        "assert agent",
        "assert agent is not None",
        "assert isinstance(agent, object)",
        "assert 'a;b' == user_context.user_id",
        "agent.assert_is_well = 1",
    ],
)
def test_nothing_is_said_where_nothing_true_can_be(assertion: str) -> None:
    assert "Isolation:" not in migrated(touched(assertion=assertion))


@pytest.mark.parametrize(
    "expected", ["'a;b'", "'back`tick'", "'''x'''", "'one and " + "more and " * 12 + "more'", "[\n        1]"]
)
def test_what_cannot_be_quoted_is_left_out(expected: str) -> None:
    said = migrated(touched(assertion=f"assert agent.name == {expected}"))
    assert "the test compares `agent.name`." in " ".join(said.split())


def test_spaces_in_a_quoted_text_stay() -> None:
    text = "x" * 40 + "      y"
    assert f'`agent.ask("{text}")`' in migrated(touched(assertion=f'assert agent.ask("{text}")'))


def test_a_statement_that_the_repair_made_false_is_replaced() -> None:
    said = migrated(touched("    '''Isolation: user_context; get_agent gives agent; its name.'''\n"))
    assert "makes agent for user_context; the test asserts `agent.name`." in " ".join(said.split())
    assert "get_agent" not in said


def test_a_test_that_is_not_touched_and_one_that_says_the_same_get_none() -> None:
    other = touched().replace("test_a", "test_b").replace(HEAD, "\n\n")
    assert "Isolation:" not in migrated(touched() + other)
    still = "\n\ndef test_c(user_context):\n    agent = make(user_context)\n    assert agent.size\n"
    assert migrated(touched() + still).count("Isolation:") == 1


def test_what_does_not_change_is_not_touched() -> None:
    source = touched().replace("AgentRegistry", "Other").encode()
    assert with_statements(PATH, source, source, SETTINGS, ProjectFacts()) == source
    assert with_statements(PATH, source, b"def (", SETTINGS, ProjectFacts()) == b"def ("


def test_tabs_line_ends_comments_and_methods() -> None:
    source = (
        b"from app.agents import AgentRegistry\r\n\r\nclass TestA:\r\n\tdef test_a(self, user_context):\r\n"
        b"\t\t# of its own\r\n\t\tagent = AgentRegistry.get_agent('x')\r\n\t\tself.assertTrue(agent.name)\r\n"
    )
    result = migrated(source)
    assert result.count("\n") == result.count("\r\n")
    assert "makes agent for user_context; the test asserts `assertTrue(agent.name)`." in " ".join(
        result.split()
    )
    assert all(line.startswith("\t\t") for line in result.partition('"""')[2].splitlines()[1:])
    assert result.index("# of its own") < result.index("agent = ")


LINES = st.sampled_from(
    [
        "def test_a(user_context):\n",
        "async def test_b(): # why\n",
        "def test_c(): agent = AgentRegistry.get_agent('x'); assert agent\n",
        "class TestD:\n",
        "    def test_d(self):\n",
        "    '''Doc.'''\n",
        '    """Ünï.\n\n    Isolation: a; b; c\n    """\n',
        "    agent = AgentRegistry.get_agent('x')\n",
        "        agent = AgentRegistry.get_agent('x')\n",
        "    with create_session() as agent:\n",
        "    manager = WebSocketManager()\n",
        "    def inner(agent=agent, *, k=[a for a in b]):\n",
        "        return inner(lambda agent: (yield agent))\n",
        "    with pytest.raises(E) as agent:\n",
        "        nonlocal agent\n",
        "    match agent:\n",
        "        case {'a': [agent, *_], **rest} if agent: raise AssertionError\n",
        "    (self.x, [y, *z]), w[0] = *agent, agent\n",
        "    print(agent, *z, file=w, **k); inner(*agent, a=1, **k)\n",
        "    try: del agent\n",
        "    except* E as agent: assert inner(agent) == 1\n",
        "    while (agent := AgentRegistry.get_agent('x')): assert agent.y\n",
        "    assert agent.name == 'ü'\n",
        "        assert agent\n",
        "        assert not agent.x, manager\n",
        "\tpass\n",
        "\x0c    # comment\n",
    ]
)


@given(st.lists(LINES, max_size=24))
@hypothesis_settings(max_examples=400, deadline=None, derandomize=True)
def test_any_file_parses_afterwards(lines: list[str]) -> None:
    head = "from app import AgentRegistry, WebSocketManager, create_session\n"
    source = (head + "".join(lines)).encode()
    if isinstance(parse(source), Parsed):
        assert isinstance(parse(migrated(source).encode()), Parsed)

"""CW105 on statements that people write: true ones are nothing, false ones are named, none is believed."""

from collections.abc import Callable
from textwrap import dedent, indent

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cellwall.check.engine import check_source, rules_for
from cellwall.check.fixer import FixResult, fix_source
from cellwall.check.parse import Parsed, parse
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings
from cellwall.project.default_roles import DEFAULT_ROLES

Fix = Callable[..., FixResult]
SETTINGS = CheckSettings(roles=DEFAULT_ROLES, async_tests=True, rules=("isolation-statement",))

BODY = """
    agent = make_agent(user_context)
    reply = agent.ask("hello")
    assert reply.owner == user_context.user_id
"""
SHAPES = {
    "async": ("async def test_it(user_context):", BODY),
    "built in place": ("def test_it():", "\n    user_context = make_context()" + BODY),
    "a loop": (
        "def test_it():",
        "\n    for user_context in make_contexts(3):"
        "\n        agent = make_agent(user_context)"
        "\n        assert agent.reply.owner == user_context.user_id\n",
    ),
    "asserted by a helper": (
        "def check(reply):\n    assert reply.owner\n\n\ndef test_it(user_context):",
        "\n    agent = make_agent(user_context)\n    check(agent.reply)\n",
    ),
    "expected to fail": (
        "def test_it(user_context):",
        "\n    agent = make_agent(user_context)\n    with pytest.raises(E):\n        agent.reply()\n",
    ),
    "made in a fixture": (
        "@pytest.fixture\ndef agent(user_context):\n    return make_agent(user_context)\n\n\n"
        "def test_it(agent, user_context):",
        "\n    assert agent.ask('x').reply\n",
    ),
    "made in a fixture of a conftest": (
        "def test_it(agent_of_conftest, user_context):",
        "\n    assert agent_of_conftest.ask('x').reply\n",
    ),
}
TRUE = "Isolation: user_context is of one user; make_agent makes agent for it; the owner of the reply."


def module(head: str, statement: str, body: str) -> str:
    return f'import pytest\n\n\n{head}\n    """{statement}"""{body}'


@pytest.mark.parametrize("shape", SHAPES)
def test_a_true_statement_is_no_finding(shape: str, fix: Fix) -> None:
    head, body = SHAPES[shape]
    assert fix(module(head, TRUE, body)).remaining == ()


FALSE = {
    "Isolation: all users are kept apart.": "form",
    "Isolation: user_context; make_agent makes agent.": "form",
    "Isolation: user_context; open_session opens one; the owner of reply.": "open_session",
    "Isolation: a wall; make_agent makes it; the owner of reply.": "owner",
    "Isolation: user_context; a wall stands there; the owner of reply.": "mechanism",
    "Isolation: user_context; make_agent makes agent; nothing leaks.": "value",
}


@pytest.mark.parametrize("statement", FALSE)
def test_a_false_statement_is_named_and_stays(statement: str, fix: Fix) -> None:
    source = module("def test_it(user_context):", statement, BODY)
    result = fix(source, unsafe=True)
    assert [FALSE[statement] in f.message for f in result.remaining] == [True]
    assert result.source.decode() == source


def test_an_assertion_before_the_mechanism_proves_nothing(fix: Fix) -> None:
    body = "\n    assert user_context.reply\n    agent = make_agent(user_context)\n    agent.owner\n"
    result = fix(module("def test_it(user_context):", TRUE, body))
    assert ["after" in f.message for f in result.remaining] == [True]


def test_the_same_statement_of_tests_that_do_the_same_is_no_boilerplate(fix: Fix) -> None:
    one = module("def test_it(user_context):", TRUE, BODY)
    many = one + "".join(
        f'\n\ndef test_{n}(user_context):\n    """{TRUE}"""{BODY}' for n in ("two", "three", "four")
    )
    assert fix(many).remaining == ()
    differing = many + f'\n\ndef test_five(user_context):\n    """{TRUE}"""{BODY}    assert agent\n'
    assert len(fix(differing).remaining) == 5


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_repeated_statement_is_replaced_in_its_paragraph_alone(newline: str) -> None:
    tests = "\n\n".join(
        dedent(f"""
            def test_{word}(user_context):
                \'\'\'First line.

                Isolation: user_context; create_agent makes agent; what agent
                says.

                Last line.
                \'\'\'
                agent = agent_instance_factory.create_agent("x", user_context)
                assert agent.{word}() == 1
            """).strip()
        for word in ("open", "close", "reply")
    )
    source = tests.replace("\n", newline).encode()
    result = fix_source("tests/test_x.py", source, SETTINGS, ProjectFacts())
    assert len(result.repaired) == 3
    assert not result.remaining
    text = result.source.decode()
    assert text.count(f"First line.{newline}{newline}    Isolation: user_context is") == 3
    assert text.count(f"`.{newline}{newline}    Last line.{newline}    '''") == 3
    assert text.count("\r") == (text.count("\n") if newline == "\r\n" else 0)


PARTS = st.lists(
    st.sampled_from(
        [
            "def test_a(user_context):\n",
            "async def test_b():\n",
            "class TestC:\n    def test_c(self):\n",
            "    'Isolation: user_context; a_b(); c.'\n",
            '    """Isolation: user_context; create_agent makes x; x.\n\n    ü\n    """\n',
            '        """Isolation: ;;."""\n',
            '    r"""Isolation: \\x; user_context; create_agent."""\n',
            '    x = agent_instance_factory.create_agent("ü", user_context)\n',
            "    assert x.y == 'Isolation: x; y; z'\n",
            "        assert x\n",
            "\t\tassert x;\\\n x\n",
            "    lambda: (yield)\n",
        ]
    ),
    max_size=24,
)


@given(PARTS)
@hypothesis_settings(max_examples=200, deadline=None, derandomize=True)
def test_any_file_still_parses_and_a_second_pass_changes_nothing(parts: list[str]) -> None:
    source = "".join(parts).encode()
    result = fix_source("tests/test_any.py", source, SETTINGS, ProjectFacts(), unsafe=True)
    assert isinstance(parse(result.source), Parsed) == isinstance(parse(source), Parsed)
    assert fix_source("tests/test_any.py", result.source, SETTINGS, ProjectFacts(), unsafe=True).source == (
        result.source
    )


def test_a_test_far_inside_others_costs_no_time_and_no_stack() -> None:
    deep = "".join(f"{' ' * n}def test_{n}(x):\n" for n in range(80)) + indent(
        '"""Isolation: x; y; z."""\n', " " * 80
    )
    assert check_source("tests/test_x.py", deep.encode(), SETTINGS, ProjectFacts()).parse_error is None


@pytest.mark.parametrize(
    ("source", "passes"),
    [
        (b'def test_a():\n    """Isolation: a; b; c."""\n', True),
        (b'def test_a():\n    "It is.\\n\\nIsolation: a; b; c."\n', True),
        (b"class TestUserIsolation:\n    pass\n", False),
    ],
)
def test_the_name_of_a_class_is_no_statement(source: bytes, passes: bool) -> None:
    assert bool(rules_for("tests/test_a.py", source, SETTINGS, ProjectFacts())) is passes

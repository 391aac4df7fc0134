"""New test modules go into their agent's own scope, and never below a file."""

import pytest

from cellwall.migrate.new_tests.places import place_for
from cellwall.migrate.plan.model import Plan
from cellwall.migrate.plan.parse import parse_plan

OWNED = ("desk/tests/test_scopes.py", "desk/tests/test_token.py")


def plan(scope: str) -> Plan:
    return parse_plan(
        f"# A plan\n\n## Agent 1: Tokens\n**Scope**: {scope}\n**Specific Tasks**:\n1. Do it\n", "PLAN.md"
    )


@pytest.mark.parametrize(
    ("scope", "place"),
    [
        ("`desk/tests/**`", "desk/tests/test_new.py"),
        ("`desk/tests/test_token*.py`", "desk/tests/test_token_new.py"),
        ("`desk/tests/test_scopes.py`, `desk/tests/test_token*.py`", "desk/tests/test_token_new.py"),
        ("`desk/tests/test_gone.py`, `desk/tests/test_token*.py`", "desk/tests/test_token_new.py"),
        ("`desk/tests/test_scopes.py`", None),
    ],
)
def test_the_place(scope: str, place: str | None) -> None:
    read = plan(scope)
    assert place_for(read, read.agents[0], "test_new.py", OWNED, set(OWNED)) == place


def test_a_taken_name_gets_a_number() -> None:
    read = plan("`desk/tests/**`")
    taken = {*OWNED, "desk/tests/test_new.py"}
    assert place_for(read, read.agents[0], "test_new.py", OWNED, taken) == "desk/tests/test_new_2.py"


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("test_agent_state.py", "desk/tests/agents/test_agent_state.py"),
        ("test_tool_state.py", "desk/tests/tools/test_tool_state.py"),
        ("test_state.py", "desk/tests/tools/test_state.py"),
    ],
)
def test_a_module_goes_to_the_folder_that_it_is_named_after(name: str, place: str) -> None:
    read = plan("`**/agents/**`, `**/tools/**`")
    owned = ("desk/tests/agents/test_a.py", "desk/tests/tools/test_b.py", "desk/tests/tools/test_c.py")
    assert place_for(read, read.agents[0], name, owned, set(owned)) == place

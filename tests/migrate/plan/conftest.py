"""Plans for the tests: the reworded one, small ones in memory, and the reference plan where there is one."""

import os
from pathlib import Path

import pytest

from cellwall.migrate.plan.model import Plan
from cellwall.migrate.plan.parse import parse_plan, read_plan

TESTS = Path(__file__).resolve().parents[2]
REWORDED = TESTS / "fixtures" / "plans" / "reworded_plan.md"
EXAMPLE = TESTS.parent / "examples" / "agent_platform" / "PARALLEL_AGENT_TEST_UPDATE_PLAN.md"


@pytest.fixture
def reworded() -> Plan:
    return read_plan(REWORDED)


@pytest.fixture
def example() -> Plan:
    return read_plan(EXAMPLE)


@pytest.fixture
def reference() -> Plan:
    """The plan that the format comes from; it is no part of this repository."""
    place = os.environ.get("CELLWALL_REFERENCE_PLAN", "")
    if not place:
        pytest.skip("CELLWALL_REFERENCE_PLAN does not name the reference plan's file")
    return read_plan(Path(place))


@pytest.fixture
def plan_of():
    """Make a plan of a document's text."""
    return lambda text: parse_plan(text, "PLAN.md")

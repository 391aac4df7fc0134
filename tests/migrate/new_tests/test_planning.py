"""What is to be written follows from the base alone; what no pytest there would run needs a human."""

from pathlib import Path

from cellwall.migrate.new_tests.planning import plan_new_tests
from cellwall.migrate.plan.parse import parse_plan
from cellwall.project.config import load_project

CLINIC = Path(__file__).parents[2] / "fixtures" / "plain_clinic"
PLAN = """# Plan

### Agent 1: Clinic
**Scope**: `tests/**`
**Focus**: walls

**Specific Tasks**:
1. Test concurrent WebSocket connections
2. Test transaction isolation
"""
SESSIONS = ("tests/test_transaction_isolation.py", "transaction-isolation")
SOCKETS = ("tests/test_concurrent_connections.py", "concurrent-connections")


def test_modules_are_planned_beside_the_agents_own() -> None:
    planned = plan_new_tests(
        parse_plan(PLAN, "plan.md"), load_project(CLINIC), {1: ["tests/test_a.py"]}, ["tests/test_a.py"]
    )
    assert planned.writes == {1: [SOCKETS, SESSIONS]}
    assert planned.impossible == []


def test_coroutine_tests_that_nothing_would_run_need_a_human() -> None:
    silent = load_project(CLINIC)._replace(async_marks=())
    planned = plan_new_tests(parse_plan(PLAN, "plan.md"), silent, {}, [])
    assert planned.writes == {1: [SESSIONS]}
    [(agent, name, why)] = planned.impossible
    assert (agent, name) == (1, "concurrent-connections")
    assert "does not run `async def` tests" in why

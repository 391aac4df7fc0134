"""Plan, "Agent 6: Mission Critical Tests"."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cellwall import UserExecutionContext
from cellwall.testing import (
    assert_agent_isolation,
    assert_database_isolation,
    assert_tool_isolation,
    assert_websocket_isolation,
    run_concurrent_isolation_test,
    using_project,
)
from tests.testing.layers import desk


@pytest.fixture(autouse=True)
def project(tmp_path: Path) -> Iterator[None]:
    """Let the desk be the project, as its roles and samples in a pyproject.toml would."""
    with desk.kept_rows(tmp_path / "rows"), using_project(desk.project()):
        yield


# fmt: off
# Mission critical must validate ALL isolation points
class TestCriticalIsolation:
    def test_complete_request_isolation(self):
        # Test all components together
        user_context = UserExecutionContext.create_for_user("critical-user")

        # Validate each layer
        assert_agent_isolation(user_context)
        assert_websocket_isolation(user_context)
        assert_database_isolation(user_context)
        assert_tool_isolation(user_context)

        # Stress test with concurrent load
        run_concurrent_isolation_test(users=10, requests_per_user=100)
# fmt: on


@pytest.mark.parametrize(
    "leaky",
    [
        {"agent_factory": "desk.one_clerk"},
        {"pool": "desk.BroadcastingPool()"},
        {"session": "desk.one_session({context})"},
        {"dispatcher": "desk.one_dispatcher"},
    ],
    ids=lambda leaky: next(iter(leaky)),
)
def test_a_leak_of_any_layer_fails_it(leaky: dict[str, str]) -> None:
    with using_project(desk.project(**leaky)), pytest.raises(AssertionError):
        TestCriticalIsolation().test_complete_request_isolation()

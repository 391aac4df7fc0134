"""Each assertion over a layer passes on an honest desk, and fails on one that leaks there."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cellwall import UserExecutionContext
from cellwall.project.samples import Samples
from cellwall.runtime.errors import SharedStateError
from cellwall.testing import (
    LayerError,
    SpelledProject,
    assert_agent_isolation,
    assert_database_isolation,
    assert_tool_isolation,
    assert_websocket_isolation,
    concurrent_isolation_test,
    run_concurrent_isolation_test,
    using_project,
)
from tests.testing.layers import desk

Check = Callable[..., Any]
LAYERS: dict[str, Check] = {
    "agent": assert_agent_isolation,
    "websocket": assert_websocket_isolation,
    "database": assert_database_isolation,
    "tool": assert_tool_isolation,
}


@pytest.fixture(autouse=True)
def rows(tmp_path: Path) -> Iterator[None]:
    """Keep the desk's rows in the test's folder."""
    with desk.kept_rows(tmp_path / "rows"):
        yield


@pytest.fixture
def context() -> UserExecutionContext:
    """Give the context of one user."""
    return UserExecutionContext.create_for_user("critical-user")


@pytest.mark.parametrize("layer", LAYERS)
def test_an_honest_desk_passes(layer: str, context: UserExecutionContext) -> None:
    with using_project(desk.project()):
        LAYERS[layer](context)
        LAYERS[layer](context)  # what it left behind is in nobody's way


@pytest.mark.parametrize("layer", LAYERS)
async def test_it_may_be_called_inside_a_loop(layer: str, context: UserExecutionContext) -> None:
    LAYERS[layer](context, desk.project())


@pytest.mark.parametrize(
    ("layer", "leaky", "words"),
    [
        ("agent", {"agent_factory": "desk.one_clerk"}, "both users are given one agent 'clerk'"),
        (
            "agent",
            {"agent_factory": "desk.clerk_with_one_memory({name}, {context})"},
            "the agent's answer holds",
        ),
        ("websocket", {"pool": "desk.BroadcastingPool()"}, "the rival's connection holds"),
        ("database", {"session": "desk.one_session({context})"}, "the rival's session holds"),
        ("tool", {"dispatcher": "desk.one_dispatcher"}, "both users are given one dispatcher"),
    ],
)
def test_a_leak_fails(layer: str, leaky: dict[str, str], words: str, context: UserExecutionContext) -> None:
    with pytest.raises(AssertionError, match=words):
        LAYERS[layer](context, desk.project(**leaky))


def test_sharing_fails_though_no_value_surfaced(context: UserExecutionContext) -> None:
    quiet = desk.project(
        Samples(agent="clerk"), agent_factory="desk.clerk_with_one_memory({name}, {context})"
    )
    desk.one_memory.clear()
    with pytest.raises(SharedStateError, match=r"agent\.told"):
        assert_agent_isolation(context, quiet)


def test_what_cannot_be_exercised_says_so(context: UserExecutionContext) -> None:
    empty = SpelledProject()
    with pytest.raises(LayerError, match="the sample 'agent' is missing"):
        assert_agent_isolation(context, empty)
    with pytest.raises(LayerError, match="the sample 'tool' is missing"):
        assert_tool_isolation(context, desk.project(Samples()))
    with pytest.raises(LayerError, match="no layer can be exercised"):
        run_concurrent_isolation_test(users=2, requests_per_user=1, project=empty)


def test_load_passes_on_an_honest_desk_and_fails_on_a_leaky_one() -> None:
    assert run_concurrent_isolation_test(users=3, requests_per_user=4, project=desk.project()) == 12
    leaky = desk.project(agent_factory="desk.clerk_with_one_memory({name}, {context})")
    with pytest.raises(AssertionError, match="the result of u1 holds what is u2 and u3's"):
        run_concurrent_isolation_test(users=3, requests_per_user=4, project=leaky)


async def test_load_with_a_request_of_ones_own() -> None:
    async def request(user: Any, context: UserExecutionContext) -> str:
        return user.secret()

    assert await concurrent_isolation_test(users=2, requests_per_user=5, request=request) == 10

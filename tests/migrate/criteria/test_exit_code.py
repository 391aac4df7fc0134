from typing import Any

import pytest

from cellwall.migrate import events as e
from cellwall.migrate.criteria.exit_code import exit_code, user_tree_untouched
from cellwall.migrate.fake_run import RunBuilder, halfway, site, started
from cellwall.migrate.state import State


def run(
    criteria: tuple[str, ...] = ("All tests pass",), metrics: tuple[str, ...] = (), **plan: Any
) -> RunBuilder:
    rows = {"criteria": criteria, "metrics": metrics}
    texts = {key: [{"text": text, "line": 1} for text in some] for key, some in rows.items()}
    return RunBuilder().start(plan={**texts, **plan}).survey().plan("a01-b000", 1, "tests/a.py")


def test_0_when_every_criterion_is_met_and_nothing_is_left() -> None:
    build = run(metrics=("Speed: under 3% overhead",)).merge("a01-b000", 1, ["tests/a.py"])
    assert exit_code(build.tests("after").finish().state) == 0


def test_0_without_criteria_when_nothing_is_left() -> None:
    assert exit_code(run(()).merge("a01-b000", 1, ["tests/a.py"]).finish().state) == 0


@pytest.mark.parametrize(
    "build",
    [
        run().tests("after", {"passed": 1, "failed": 1}),
        run(),  # not measured is not met
        run(metrics=("Zero violations",)).tests("after").findings({"shared-session": 1}),
        run(()).merge("a01-b000", 1, ["tests/a.py"], [site("tests/a.py", 1, reason="no role")]),
        run(()).refuse("a01-b000", 1, ["tests/a.py"]),
        run((), tasks=[{"agent": 1, "text": "Draw", "line": 3, "capability": ""}]),
    ],
)
def test_1_when_it_finished_with_something_remaining(build: RunBuilder) -> None:
    assert exit_code(build.finish().state) == 1


def test_1_when_the_users_tree_is_not_as_it_was() -> None:
    state = run(()).add(e.RunFinished("changed", "c" * 40)).state
    assert user_tree_untouched(state) is False
    assert exit_code(state) == 1


@pytest.mark.parametrize("build", [halfway(), started().add(e.RunStopped("SIGINT"))])
def test_3_when_it_can_be_resumed(build: RunBuilder) -> None:
    assert exit_code(build.state) == 3
    assert user_tree_untouched(build.state) is None


def test_3_before_anything() -> None:
    assert exit_code(State()) == 3

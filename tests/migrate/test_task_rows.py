"""Each task of a plan has one row that says what became of it, told from the journal alone."""

from typing import Any

import pytest

from cellwall.migrate import events as e
from cellwall.migrate.fake_run import PLAN, RunBuilder, site
from cellwall.migrate.task_rows import TaskRow, task_rows
from cellwall.migrate.task_status import TaskStatus

REPAIRS = {
    "agent": 1,
    "text": "Repair",
    "line": 4,
    "capability": "repair",
    "rules": ["global-registry-access"],
}
WRITES = {"agent": 1, "text": "Write", "line": 5, "capability": "write", "rules": [], "writes": True}
NOBODY = {"agent": 2, "text": "Paint", "line": 6, "capability": "", "rules": [], "writes": False}
NEW = "tests/test_write.py"


def run(*tasks: dict[str, Any], **survey: Any) -> RunBuilder:
    return RunBuilder().start(plan={**PLAN, "tasks": list(tasks)}).survey(**survey)


def row(build: RunBuilder) -> TaskRow:
    (only,) = task_rows(build.state)
    return only


def merged(build: RunBuilder, batch: str, agent: int, paths: list[str], left: int = 0) -> RunBuilder:
    """A merged batch with one repaired site a path, and `left` sites that were listed."""
    listed = [site(f"tests/left_{number}.py", 3, reason="why") for number in range(left)]
    return build.plan(batch, agent, *paths).merge(batch, agent, paths, listed)


def proved(*tests: str, passed: bool = True, evidence: str = "") -> e.Judged:
    """The verdict of the gate that looks whether new tests notice leaks."""
    figures = {"proved": [{"test": test, "double": "x"} for test in tests]}
    return e.Judged("a01-b002", "f" * 64, "notices leaks", passed, evidence, figures, 0.1)


def test_a_task_that_nothing_covers_needs_a_human() -> None:
    told = row(run(NOBODY).finish())
    assert (told.agent, told.sentence, told.line) == (2, "Paint", 6)
    assert (told.status, told.evidence) == (TaskStatus.HUMAN, "no capability covers this sentence")


@pytest.mark.parametrize(
    ("repaired", "listed", "status", "evidence"),
    [
        (2, 0, TaskStatus.DONE, "2 of 2 findings"),
        (
            1,
            1,
            TaskStatus.PARTLY,
            "1 of 2 findings of global-registry-access repaired, the rest is listed: why (1)",
        ),
        (
            0,
            2,
            TaskStatus.HUMAN,
            "0 of 2 findings of global-registry-access repaired, the rest is listed: why (2)",
        ),
        (0, 0, TaskStatus.NOTHING, "no finding of global-registry-access in the agent's 4 files"),
    ],
)
def test_repairs_are_counted(repaired: int, listed: int, status: TaskStatus, evidence: str) -> None:
    paths = [f"tests/r{number}.py" for number in range(repaired)]
    told = row(merged(run(REPAIRS), "a01-b001", 1, paths, listed).finish())
    assert (told.status, told.sites, told.edits) == (status, repaired + listed, repaired)
    assert evidence in told.evidence


TORN = {"path": "tests/torn.py", "line": 1, "message": "invalid syntax"}


@pytest.mark.parametrize(("repaired", "status"), [(0, TaskStatus.HUMAN), (1, TaskStatus.PARTLY)])
def test_a_file_that_does_not_parse_may_hide_sites(repaired: int, status: TaskStatus) -> None:
    build = run(REPAIRS, unparseable=[{**TORN, "agent": 1}])
    told = row(merged(build, "a01-b001", 1, ["tests/a.py"] * repaired).finish())
    assert told.status is status
    assert "not looked at: tests/torn.py" in told.evidence
    other = run(REPAIRS, unparseable=[{**TORN, "agent": 2}])
    assert row(other.finish()).status is TaskStatus.NOTHING


def test_sites_of_other_agents_and_rules_are_not_counted() -> None:
    build = merged(run(REPAIRS), "a02-b001", 2, ["tests/y.py"])
    assert row(build.finish()).sites == 0
    other = {**REPAIRS, "rules": ["shared-session"]}
    assert row(merged(run(other), "a01-b001", 1, ["tests/y.py"]).finish()).sites == 0


def test_sites_of_batch_0_belong_to_the_agent_in_whose_scope_they_are() -> None:
    owners = {"tests/conftest.py": 1, "b/conftest.py": 2}
    build = merged(run(REPAIRS, shared_owners=owners), "a00-b000", 0, list(owners))
    assert row(build.finish()).edits == 1


def test_what_a_gate_refused_is_no_edit() -> None:
    build = run(REPAIRS).plan("a01-b001", 1, "tests/a.py").refuse("a01-b001", 1, ["tests/a.py"])
    told = row(build.finish())
    assert (told.status, told.edits) == (TaskStatus.HUMAN, 0)
    assert told.sites == 1


def test_tests_that_cannot_be_spelled_need_a_human() -> None:
    why = "`[tool.cellwall.roles]` has no 'limiter'"
    build = run(WRITES, impossible=[{"agent": 1, "capability": "write", "reason": why}])
    told = row(build.finish())
    assert told.status is TaskStatus.HUMAN
    assert why in told.evidence


def test_a_module_that_is_there_already_is_nothing_to_do() -> None:
    build = run(WRITES, present=[{"agent": 1, "capability": "write", "path": NEW}])
    assert row(build.finish()).evidence == f"{NEW} is there already"


def test_new_tests_count_when_they_are_proved_and_merged() -> None:
    verdict = proved(f"{NEW}::test_one", "tests/test_other.py::test_two")
    told = row(run(WRITES).write("a01-b002", 1, {NEW: "write"}, gate=verdict).finish())
    assert (told.status, told.tests_added) == (TaskStatus.DONE, 1)
    assert NEW in told.evidence


def test_new_tests_that_fail_at_the_end_are_not_done() -> None:
    build = run(WRITES).write(
        "a01-b002", 1, {NEW: "write"}, gate=proved(f"{NEW}::test_one", f"{NEW}::test_two")
    )
    told = row(build.tests("after", failed=[f"{NEW}::test_two"]).finish())
    assert told.status is TaskStatus.PARTLY
    assert told.evidence == f"of 2 new tests in {NEW} fail: {NEW}::test_two"


def test_new_tests_that_nobody_proved_are_not_done() -> None:
    verdict = proved(evidence="not run")
    told = row(run(WRITES).write("a01-b002", 1, {NEW: "write"}, gate=verdict).finish())
    assert (told.status, told.tests_added) == (TaskStatus.PARTLY, 0)
    assert "not run" in told.evidence


def test_an_unfinished_run_says_so() -> None:
    assert row(run(WRITES)).status is TaskStatus.OPEN
    assert row(run(NOBODY)).status is TaskStatus.OPEN


def test_a_journal_that_does_not_tell_the_tasks_gives_no_row() -> None:
    assert task_rows(RunBuilder().start(plan={**PLAN, "tasks": [{"agent": 1, "text": "x"}]}).state) == []


def test_the_fields_are_events_of_the_journal() -> None:
    fields = {"impossible", "present", "shared_owners", "batches"}
    assert fields <= set(e.Surveyed.__dataclass_fields__)

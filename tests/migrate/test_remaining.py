from cellwall.check.reason import Reason
from cellwall.migrate import remaining
from cellwall.migrate.fake_run import PLAN, RunBuilder, halfway, site, started, whole

TORN = {"path": "tests/z.py", "line": 4, "message": "invalid syntax"}


def test_nothing_is_left_of_a_run_that_went_well() -> None:
    assert not remaining.anything_left(whole().state)


def test_rows_are_sorted_and_told_once() -> None:
    sites = [
        site("tests/b.py", 2, reason="x"),
        site("tests/a.py", 10, reason="x"),
        site("tests/a.py", 9, reason="x"),
    ]
    state = started().merge("a01-b000", 1, [], [*sites, sites[0]]).state
    places = [(row["path"], row["line"]) for row in remaining.needs_human(state)]
    assert places == [("tests/a.py", 9), ("tests/a.py", 10), ("tests/b.py", 2)]


def test_a_file_that_does_not_parse_is_a_row_unless_an_agent_told_of_it() -> None:
    build = RunBuilder().start().survey(unparseable=[TORN]).plan("a01-b000", 1, "tests/z.py")
    (row,) = remaining.needs_human(build.state)
    assert (row["path"], row["line"], row["detail"]) == ("tests/z.py", 4, "invalid syntax")
    told = [site("tests/z.py", 4, reason=Reason.UNPARSEABLE.value)]
    assert len(remaining.needs_human(build.merge("a01-b000", 1, [], told).state)) == 1


def test_what_parses_at_the_end_is_no_row() -> None:
    build = RunBuilder().start().survey(unparseable=[TORN])
    assert remaining.needs_human(build.findings().state) == []


def test_a_refused_batch_is_left() -> None:
    state = halfway().state
    assert [batch.id for batch in remaining.refused(state)] == ["a02-b000"]
    assert remaining.anything_left(state)


def test_a_task_is_open_only_when_the_plan_says_that_nothing_covers_it() -> None:
    tasks = [
        {"agent": 1, "text": "Paint the shop", "line": 3, "capability": ""},
        {"agent": 1, "text": "Repair", "line": 4, "capability": "apply-rules"},
        {"agent": 2, "text": "Not looked at", "line": 5},
    ]
    state = RunBuilder().start(plan={**PLAN, "tasks": tasks}).state
    assert [task["line"] for task in remaining.open_tasks(state)] == [3]
    assert remaining.anything_left(state)


def test_the_reason_is_the_checkers_own() -> None:
    assert Reason.UNPARSEABLE == remaining.UNPARSEABLE

import json

from cellwall.migrate import events as e
from cellwall.migrate.fake_run import RunBuilder, halfway, started, whole
from cellwall.migrate.state import State
from cellwall.migrate.views.report_data import report_data
from cellwall.migrate.views.report_json import render_json

PROMISED = {
    "run_id", "branch", "files_in_scope", "files_updated", "files_unchanged", "patterns_applied",
    "anti_patterns_removed", "new_isolation_tests", "coverage", "isolation_validation", "needs_human",
    "findings_before", "findings_after", "tests", "criteria", "metrics", "wall_seconds",
}  # fmt: skip


def test_the_promised_keys_are_there_in_every_state() -> None:
    for state in (State(), RunBuilder().start().state, halfway().state, whole().state):
        data = report_data(state)
        assert data.keys() >= PROMISED
        assert {"before", "after", "regressions", "new"} <= data["tests"].keys()
        json.loads(render_json(state))


def test_a_whole_run_in_numbers() -> None:
    data = report_data(whole().state)
    assert (data["run_id"], data["branch"]) == ("20250902-120000-abcd", "cellwall/20250902-120000-abcd")
    assert (data["files_in_scope"], data["files_updated"], data["files_unchanged"]) == (8, 6, 2)
    assert (data["files_added"], data["patterns_applied"], data["anti_patterns_removed"]) == (1, 1, 7)
    assert data["patterns"] == {"agent factory": 7}
    assert (data["new_isolation_tests"], data["coverage"]) == (1, {"before": 81.0, "after": 83.5})
    assert (data["findings_before"], data["findings_after"]) == (12, 0)
    assert data["tests"]["before"] == {"passed": 18, "skipped": 1}
    assert data["tests"]["measured"] == "whole suite"
    assert [row["met"] for row in data["criteria"]] == [True, True, True, None]
    assert [row["met"] for row in data["metrics"]] == [True, None]
    assert (data["status"], data["user_tree_untouched"], data["exit_code"]) == ("finished", True, 1)
    assert {line["met"] for line in data["isolation_validation"].values()} == {True}


def test_what_was_not_measured_is_null() -> None:
    data = report_data(halfway().finish().state)
    assert data["findings_after"] is None
    assert data["coverage"] == {"before": None, "after": None}
    assert {row["met"] for row in data["criteria"]} == {None}
    assert {line["met"] for line in data["isolation_validation"].values()} == {None}
    unjudged = started().propose("a01-b000", 1, ["tests/cart/test_a.py"]).state
    assert report_data(unjudged)["new_isolation_tests"] is None
    assert report_data(unjudged)["tests"]["measured"] == "not run"


def test_a_refused_batch_counts_as_nothing_updated_and_stands_with_its_evidence() -> None:
    data = report_data(halfway().state)
    assert data["files_updated"] == 1
    assert data["refused"][0]["evidence"] == "tests/out/test_c.py::test_c lost an assertion"
    assert data["needs_human"] == [
        {
            "path": "tests/out/test_c.py",
            "line": 3,
            "code": "CW101",
            "reason": "a gate refused the repair",
            "detail": "",
            "rule": "global-registry-access",
        }
    ]


def test_a_stopped_run_and_the_same_run_resumed() -> None:
    build = halfway().add(e.RunStopped("SIGTERM"))
    stopped = report_data(build.state)
    assert (stopped["status"], stopped["stopped"], stopped["exit_code"]) == ("stopped", "SIGTERM", 3)
    build.now += 86_400
    resumed = report_data(build.add(e.RunResumed([])).state)
    assert (resumed["status"], resumed["exit_code"]) == ("unfinished", 3)
    assert resumed["wall_seconds"] < 100  # the night between is not counted


def test_a_dry_run_updates_nothing_and_says_what_it_would() -> None:
    build = RunBuilder().start(options={"dry_run": True}).survey().plan("a01-b000", 1, "tests/a.py")
    data = report_data(build.propose("a01-b000", 1, ["tests/a.py"]).finish().state)
    assert (data["dry_run"], data["files_updated"]) == (True, 0)
    assert (data["files_proposed"], data["sites_proposed"]) == (1, 1)


def test_a_changed_user_tree_is_told() -> None:
    data = report_data(started().add(e.RunFinished("another", "c" * 40)).state)
    assert data["user_tree_untouched"] is False
    assert data["exit_code"] == 1

"""Only the test gate's figures are counts of tests."""

from cellwall.migrate import events as e
from cellwall.migrate.measured_tests import batch_counts
from cellwall.migrate.state import fold


def judged(gate: str, before: dict[str, int], after: dict[str, int]) -> e.Judged:
    return e.Judged("a01-b001", "d", gate, True, "", {"before": before, "after": after}, 0.0)


def test_findings_are_not_counted_as_tests() -> None:
    events: list[e.Event] = [
        e.BatchPlanned("a01-b001", 1, ["tests/test_a.py"]),
        e.PatchProposed("a01-b001", 1, "d", ["tests/test_a.py"], [], [], 0.0),
        judged("findings", {"some-rule": 7}, {}),
        judged("tests", {"passed": 3}, {"passed": 4}),
        e.BatchMerged("a01-b001", 1, "c0ffee", ["tests/test_a.py"]),
    ]
    state = fold((float(at), event) for at, event in enumerate(events))
    assert batch_counts(state) == {"before": {"passed": 3}, "after": {"passed": 4}}

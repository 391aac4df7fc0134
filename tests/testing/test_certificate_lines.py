"""What the explorer tried is added up over tests, and what it left out is counted."""

from cellwall.testing.certificate_lines import certificate_lines


def test_nothing_explored_has_no_lines() -> None:
    assert certificate_lines([]) == []


def test_figures_are_added_up_and_sentences_counted() -> None:
    one = {"runs": 60, "swept": 7, "points": 8, "seconds": 0.25, "not_covered": ["time", "sockets"]}
    other = {"runs": 40, "swept": 1, "points": 4, "seconds": 0.5, "not_covered": ["time"]}
    assert certificate_lines([one, other]) == [
        "2 tests explored: 100 schedules, cancelled at 8 of 12 points, in 0.8 s",
        "  not covered in 1: sockets",
        "  not covered in 2: time",
    ]

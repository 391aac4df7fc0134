"""Folding the plugin's lines: cut, foreign and hostile lines are passed over."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.testing.measured import OUTCOMES, AsMany, Outcome, Outcomes, read_session


def line(kind: str, **values: object) -> str:
    return json.dumps({"kind": kind, **values})


def test_a_session() -> None:
    test = {"phase": "call", "reason": "", "ran": True, "seconds": 0.5}
    session = read_session(
        [
            line("start", pytest="9", python="3.11.0"),
            line("collect_error", path="b.py", reason="no"),
            line("collected", ids=["a.py::x", "a.py::y", "a.py::z"]),
            line("begin", id="a.py::x"),
            line("test", id="a.py::x", outcome="passed", **test),
            line("begin", id="a.py::y"),
        ]
    )
    assert session.started
    assert not session.ended
    assert session.by_id == {"a.py::x": Outcome("a.py::x", "passed", seconds=0.5)}
    assert session.collection_errors == {"b.py": "no"}
    assert session.running == "a.py::y"
    assert session.missing == ["a.py::y", "a.py::z"]


def test_what_ran_as_many_is_read_with_its_certificate() -> None:
    test = {"outcome": "passed", "phase": "call", "reason": "", "ran": True, "seconds": 0.5}
    told = {"verdict": "passed", "users": 3, "runs": 61}
    certificate = {"runs": 60, "swept": 7, "points": 8, "seconds": 0.1, "not_covered": ["time"]}
    session = read_session(
        [
            line("test", id="a", **test, as_many={**told, "certificate": certificate}),
            line("test", id="b", **test, as_many={**told, "certificate": [], "users": "many"}),
        ]
    )
    explored = AsMany("passed", "", 3, 61, schedules=60, swept=7, points=8, not_covered=("time",))
    assert session.by_id["a"].as_many == explored
    assert session.by_id["b"].as_many == AsMany("passed", "", 0, 61)


def test_lines_that_are_not_the_plugins() -> None:
    session = read_session(
        [
            "",
            "{",
            "[]",
            "3",
            "null",
            line("test", id="a"),
            line("test", id="a", outcome="great", phase="call", reason="", ran=True, seconds=0),
            line("collected", ids=3),
            line("unknown"),
            "[" * 100_000,
            line("end", exit=0)[:-2],
        ]
    )
    assert (session.by_id, session.collected, session.ended) == ({}, [], False)


@given(st.text(max_size=60))
@settings(max_examples=100, derandomize=True, deadline=None)
def test_any_line_is_survived(text: str) -> None:
    assert not read_session([text]).ended


def test_counts() -> None:
    outcomes = Outcomes({"a": Outcome("a", "passed"), "b": Outcome("b", "error")})
    assert outcomes.counts == {**dict.fromkeys(OUTCOMES, 0), "passed": 1, "error": 1}
    assert outcomes.ids("failed", "error") == {"b"}

"""A schedule's text: there and back, safe in a shell, and refused with what to do when it is none."""

import re
import shlex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.explore.errors import ScheduleTextError
from cellwall.explore.schedule import CLOCK, Cancellation, Overtaking, Schedule, overtakings_of

names = st.text(min_size=1, max_size=12) | st.sampled_from(
    ["alice", "bob/1", "loop", "main/thread2", "a.b=c,d@e:f%"]
)
steps = st.integers(0, 10_000)
overtakings = st.builds(
    Overtaking, names, steps, st.lists(names | st.just(CLOCK), min_size=1, max_size=6).map(tuple)
)
cancellations = st.builds(Cancellation, names, steps, st.booleans())
schedules = st.builds(
    Schedule,
    st.lists(overtakings, max_size=5).map(tuple),
    st.lists(cancellations, max_size=3).map(tuple),
    st.integers(-(2**63), 2**63),
    st.sampled_from(["3.11", "3.12", "3.13"]),
    st.booleans(),
)


@settings(deadline=None)
@given(schedules)
def test_the_text_gives_the_schedule_back(schedule: Schedule) -> None:
    assert Schedule.parse(str(schedule)) == schedule


@settings(deadline=None)
@given(schedules)
def test_the_text_needs_no_quotes_in_a_shell(schedule: Schedule) -> None:
    assert shlex.quote(str(schedule)) == str(schedule)


@given(st.text(max_size=80))
def test_other_text_is_refused_or_means_itself(text: str) -> None:
    try:
        schedule = Schedule.parse(text)
    except ScheduleTextError:
        return
    assert Schedule.parse(str(schedule)) == schedule


def test_reads_what_the_documentation_shows() -> None:
    schedule = Schedule.parse("1:py3.11:s7:alice.3=bob,bob@2,@:x.alice.2:y.bob.4")
    assert schedule.overtakings == (Overtaking("alice", 3, ("bob", "bob", "bob", CLOCK)),)
    assert schedule.cancellations == (Cancellation("alice", 2), Cancellation("bob", 4, late=True))
    assert (schedule.seed, schedule.python, schedule.size) == (7, "3.11", 6)


@pytest.mark.parametrize("text", ["", "2:py3.11:s0", "1:py3:s0", "1:py3.11:0", "nonsense"])
def test_says_how_a_schedule_begins(text: str) -> None:
    with pytest.raises(ScheduleTextError, match=re.escape("is no schedule: it begins with 1:py")):
        Schedule.parse(text)


@pytest.mark.parametrize(
    "part", ["alice", "alice.3", "alice.x=bob", "z.alice.3", "alice.3=", "alice.3=bob@x"]
)
def test_names_the_part_that_it_cannot_read(part: str) -> None:
    with pytest.raises(ScheduleTextError):
        Schedule.parse(f"1:py3.11:s0:{part}")


def test_a_count_that_would_fill_the_memory_is_refused() -> None:
    with pytest.raises(ScheduleTextError, match="how often"):
        Schedule.parse("1:py3.11:s0:alice.3=bob@99999999999")


def test_overtakings_are_folded_in_order() -> None:
    folded = overtakings_of([("a", 1, "b"), ("a", 1, "c"), ("b", 2, CLOCK)])
    assert folded == (Overtaking("a", 1, ("b", "c")), Overtaking("b", 2, (CLOCK,)))

"""Aligning two sequences: the heaviest common subsequence."""

import operator
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.migrate.gates.weakened import alignment
from cellwall.migrate.gates.weakened.alignment import MAY, MUST, align


def pairs(first: str, second: str) -> list[tuple[int, int]]:
    """Align letters; capitals must stay, others may go."""
    return align(first, second, operator.eq, lambda letter: MUST if letter.isupper() else MAY)


def test_what_must_stay_wins_over_what_may_go() -> None:
    assert pairs("pAp", "App") == [(1, 0), (2, 2)]
    assert pairs("abcX", "Xabc") == [(3, 0)]


def test_equal_sequences_are_paired_whole() -> None:
    assert pairs("ABC", "ABC") == [(0, 0), (1, 1), (2, 2)]
    assert pairs("", "ABC") == []


WORDS = st.text("ABab", max_size=9)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(WORDS, WORDS)
def test_pairs_are_equal_and_in_order(first: str, second: str) -> None:
    found = pairs(first, second)
    assert all(first[i] == second[j] for i, j in found)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(found))


@settings(derandomize=True, max_examples=200, deadline=None)
@given(WORDS, st.lists(st.integers(0, 9), max_size=5))
def test_a_subsequence_is_found_whole(first: str, places: list[int]) -> None:
    longer = list(first)
    for place in places:
        longer.insert(place, "x")
    assert len(pairs(first, "".join(longer))) == len(first)


def test_long_sequences_are_paired_in_order() -> None:
    first = "A" + "B" * 2100 + "A"
    second = "B" * 2100 + "A" + "B" * 2100
    assert len(first) * len(second) > alignment.MOST_CELLS
    assert len(pairs(first, second)) > 0

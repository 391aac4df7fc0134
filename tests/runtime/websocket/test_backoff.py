"""Waits grow, are bounded, and differ between processes."""

from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime.websocket.backoff import Backoff


def test_they_double_up_to_a_bound() -> None:
    backoff = Backoff(first=1, longest=10, chance=lambda: 1.0)
    assert [backoff.next_wait() for _ in range(6)] == [1, 2, 4, 8, 10, 10]
    backoff.succeeded()
    assert backoff.next_wait() == 1


@given(st.lists(st.floats(0, 1), min_size=1, max_size=100))
def test_chance_stays_within_half_of_it(chances: list[float]) -> None:
    drawn = iter(chances)
    backoff = Backoff(first=0.1, longest=5, chance=lambda: next(drawn))
    for tries in range(len(chances)):
        bound = min(5, 0.1 * 2**tries)
        assert bound / 2 <= backoff.next_wait() <= bound

"""The limiter in memory equals a model that counts, and keeps nothing about users who rest."""

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime.limits import MemoryRateLimiter, Rate

RATES = st.builds(Rate, st.integers(1, 50), seconds=st.integers(1, 100), burst=st.integers(0, 20))
STEPS = st.lists(st.tuples(st.integers(0, 64), st.sampled_from("abc")), max_size=120)
EIGHTH = 0.125  # steps of time that floats hold exactly


class Model:
    """A bucket that leaks, in exact numbers: the other way to say GCRA."""

    def __init__(self, rate: Rate) -> None:
        self.pace = Fraction(rate.requests) / Fraction(rate.seconds)
        self.burst = rate.burst
        self.level: dict[str, tuple[Fraction, Fraction]] = {}

    def hit(self, user: str, now: Fraction) -> bool:
        level, at = self.level.get(user, (Fraction(0), now))
        level = max(Fraction(0), level - (now - at) * self.pace)
        allowed = level + 1 <= self.burst + Fraction(1, 10**7)
        self.level[user] = (level + allowed, now)
        return allowed


@given(RATES, STEPS)
def test_it_equals_the_model(rate: Rate, steps: list[tuple[int, str]]) -> None:
    now = [0.0]
    limiter, model = MemoryRateLimiter(rate, clock=lambda: now[0]), Model(rate)
    for eighths, user in steps:
        now[0] += eighths * EIGHTH
        assert limiter.hit_now(user).allowed is model.hit(user, Fraction(now[0]))


@given(RATES, STEPS)
def test_never_more_than_burst_and_pace_in_any_stretch(rate: Rate, steps: list[tuple[int, str]]) -> None:
    now = [0.0]
    limiter = MemoryRateLimiter(rate, clock=lambda: now[0])
    allowed: dict[str, list[float]] = {}
    for eighths, user in steps:
        now[0] += eighths * EIGHTH
        if limiter.hit_now(user).allowed:
            allowed.setdefault(user, []).append(now[0])
    for times in allowed.values():
        for first, start in enumerate(times):
            for last in range(first, len(times)):
                stretch = times[last] - start
                assert last - first + 1 <= rate.burst + stretch * rate.requests / rate.seconds + 1e-6


@given(RATES, STEPS)
def test_others_change_nothing(rate: Rate, steps: list[tuple[int, str]]) -> None:
    now = [0.0]
    shared, alone = (MemoryRateLimiter(rate, clock=lambda: now[0]) for _ in range(2))
    for eighths, user in steps:
        now[0] += eighths * EIGHTH
        together = shared.hit_now(user)
        if user == "a":
            apart = alone.hit_now(user)
            assert (together.allowed, together.backlog) == (apart.allowed, apart.backlog)


@given(RATES, STEPS)
def test_after_the_wait_it_is_allowed(rate: Rate, steps: list[tuple[int, str]]) -> None:
    now = [0.0]
    limiter = MemoryRateLimiter(rate, clock=lambda: now[0])
    for eighths, user in steps:
        now[0] += eighths * EIGHTH
        decision = limiter.hit_now(user)
        assert 0 <= decision.remaining < max(rate.burst, 1)
        if not decision.allowed:
            assert decision.retry_after > 0
            now[0] += decision.retry_after * (1 + 1e-9) + 1e-9
            assert limiter.hit_now(user).allowed


def test_users_who_rest_are_forgotten() -> None:
    now = [0.0]
    limiter = MemoryRateLimiter(Rate(10, seconds=1), clock=lambda: now[0])
    for number in range(50_000):
        now[0] += 0.001
        limiter.hit_now(f"user-{number}")
    assert len(limiter) <= 2 * 1000 + 2
    now[0] += 3
    limiter.hit_now("ada")
    assert len(limiter) == 1


def test_a_busy_user_is_not_forgotten_when_the_generations_turn() -> None:
    now = [0.0]
    limiter = MemoryRateLimiter(Rate(10, seconds=10), clock=lambda: now[0])
    counts: Any = [limiter.hit_now("ada").allowed for _ in range(12)]
    assert counts.count(True) == 10
    now[0] = 9.999999  # just before the turn: ten are back
    assert [limiter.hit_now("ada").allowed for _ in range(11)].count(True) == 9
    now[0] = 10.5
    assert limiter.hit_now("ada").allowed
    assert not limiter.hit_now("ada").allowed


def test_a_clock_far_from_zero() -> None:
    now = [1.7e9]
    limiter = MemoryRateLimiter(Rate(1000, seconds=1), clock=lambda: now[0])
    assert [limiter.hit_now("ada").allowed for _ in range(1100)].count(True) == 1000


def test_a_limiter_without_users_is_still_one() -> None:
    limiter = MemoryRateLimiter(Rate(1))
    assert len(limiter) == 0
    assert (limiter or None) is limiter

"""What a client is told, in the words of the draft."""

import pytest

from cellwall.runtime.limits import Decision, MemoryRateLimiter, Rate, limit_headers
from cellwall.runtime.limits.headers import CACHED_HEADERS, LimitHeaders


def told(decision: Decision, older: bool = False) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in limit_headers(decision, older=older)}


def test_allowed() -> None:
    limiter = MemoryRateLimiter(Rate(100, seconds=60, burst=20), clock=lambda: 0.0)
    headers = told(limiter.hit_now("ada"))
    assert headers == {"ratelimit-policy": '"user";q=20;w=12', "ratelimit": '"user";r=19;t=1'}


def test_refused() -> None:
    limiter = MemoryRateLimiter(Rate(1, seconds=60), clock=lambda: 0.0)
    limiter.hit_now("ada")
    headers = told(limiter.hit_now("ada"), older=True)
    assert headers == {
        "ratelimit-policy": '"user";q=1;w=60',
        "ratelimit": '"user";r=0;t=60',
        "x-ratelimit-limit": "1",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": "60",
        "retry-after": "60",
    }


def test_not_counted() -> None:
    assert limit_headers(Decision(Rate(1), 0.0, metered=False), older=True) == []


@pytest.mark.parametrize("older", [False, True])
@pytest.mark.parametrize(
    "rate", [Rate(1), Rate(7, seconds=3), Rate(1000, seconds=1, burst=10), Rate(3, seconds=0.1)]
)
def test_ready_made_headers_say_the_same(rate: Rate, older: bool) -> None:
    limiter, ready = MemoryRateLimiter(rate, clock=lambda: 0.0), LimitHeaders(rate, older=older)
    for _ in range(rate.burst):
        decision = limiter.hit_now("ada")
        assert list(ready[decision.remaining]) == limit_headers(decision, older=older)
        assert ready[decision.remaining] is ready[decision.remaining]


def test_ready_made_headers_are_bounded() -> None:
    ready = LimitHeaders(Rate(10**9))
    for remaining in range(CACHED_HEADERS + 50):
        assert ready[remaining]
    assert len(ready) == CACHED_HEADERS


def test_a_short_wait_is_one_second_to_a_client() -> None:
    decision = Decision(Rate(1000, seconds=1), 1.0, 0.0001)
    assert told(decision)["retry-after"] == "1"
    assert "refused" in repr(decision) and "allowed" in repr(Decision(Rate(1), 0.0))

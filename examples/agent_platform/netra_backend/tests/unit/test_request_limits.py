"""The limit of requests, with a clock that the test turns."""

import pytest
from fastapi import HTTPException

from cellwall.runtime.limits import MemoryRateLimiter, Rate
from netra_backend import limits


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(limits, "_limiter", MemoryRateLimiter(Rate(3, seconds=60), clock=clock))
    return clock


def test_three_and_no_more(clock):
    assert [limits.may_request("busy") for _ in range(4)] == [True, True, True, False]


def test_one_more_after_a_while(clock):
    while limits.may_request("busy"):
        pass
    clock.now += 20
    assert limits.may_request("busy")
    assert not limits.may_request("busy")


def test_a_refusal_says_when_to_come_back(clock):
    for _ in range(3):
        limits.require_request("busy")
    with pytest.raises(HTTPException) as refused:
        limits.require_request("busy")
    assert refused.value.status_code == 429
    assert refused.value.headers["retry-after"] == "20"

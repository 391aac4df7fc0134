"""The limit over HTTP."""

import pytest

from cellwall.runtime.limits import MemoryRateLimiter, Rate
from netra_backend import limits


@pytest.fixture
def small_limit(monkeypatch):
    monkeypatch.setattr(limits, "_limiter", MemoryRateLimiter(Rate(2, seconds=3600)))


async def test_refused_after_the_burst(small_limit, client, signed_in):
    headers = signed_in("eager-user")
    answers = [(await client.get("/threads", headers=headers)).status_code for _ in range(3)]
    assert answers == [200, 200, 429]


async def test_client_is_told(small_limit, client, signed_in):
    headers = signed_in("eager-user")
    first = await client.get("/threads", headers=headers)
    assert first.headers["ratelimit-policy"].startswith('"user";q=2')
    await client.get("/threads", headers=headers)
    refused = await client.get("/threads", headers=headers)
    assert int(refused.headers["retry-after"]) > 0


async def test_health_is_free(small_limit, client):
    assert [(await client.get("/health")).status_code for _ in range(5)] == [200] * 5

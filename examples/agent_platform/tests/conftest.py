"""Fixtures for the tests that use several services at once."""

import httpx
import pytest

from auth_service.tokens import generate_token
from cellwall.runtime.limits import MemoryRateLimiter
from netra_backend import limits
from netra_backend.app import create_app


@pytest.fixture(autouse=True)
def unused_limits(monkeypatch):
    """No test is refused because of what the tests before it asked."""
    monkeypatch.setattr(limits, "_limiter", MemoryRateLimiter(limits.RATE))


@pytest.fixture
def app():
    return create_app()


@pytest.fixture
async def client(app):
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://platform") as client:
        yield client


@pytest.fixture
def signed_in():
    """Headers of a signed-in user."""

    def headers(user_id):
        return {"Authorization": f"Bearer {generate_token(user_id)}"}

    return headers

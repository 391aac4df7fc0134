"""Signing out ends a session, and nothing else."""

import httpx
import pytest

from auth_service.app import create_auth_app
from auth_service.tokens import BadToken, generate_token, sign_out, user_of


@pytest.fixture
async def auth(accounts):
    transport = httpx.ASGITransport(app=create_auth_app(accounts))
    async with httpx.AsyncClient(transport=transport, base_url="http://auth") as client:
        yield client


@pytest.fixture
async def session(auth):
    """Headers of a session that has just begun."""
    answer = await auth.post("/login", json={"user_id": "ada", "password": "a long password"})
    return {"Authorization": f"Bearer {answer.json()['token']}"}


async def test_signed_in_until_signed_out(auth, session):
    assert (await auth.get("/me", headers=session)).status_code == 200
    assert (await auth.post("/logout", headers=session)).status_code == 204
    assert (await auth.get("/me", headers=session)).status_code == 401


async def test_other_devices_stay_signed_in():
    phone, laptop = generate_token("device-owner"), generate_token("device-owner")
    await sign_out(phone)
    with pytest.raises(BadToken):
        user_of(phone)
    assert user_of(laptop)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer not.a.token", "Basic YWRhOmFkYQ=="])
async def test_strange_headers(auth, header):
    assert (await auth.get("/me", headers={"Authorization": header})).status_code == 401

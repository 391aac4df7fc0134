"""Tokens of the running platform: expiry, renewal, signing out, and what open sockets make of it.

Isolation strategy of every test here: users of the test's own; what ends for one goes on for the other.
"""

from pathlib import Path
from typing import Any

import pytest

from cellwall import TokenIssuer
from tests.platform.conftest import Join
from tests.platform.visitor import PASSWORD, Visitor, eventually

SIGNED_OUT = 4401


def signed(platform: Any, user_id: str, *, expires_in: int) -> str:
    """Sign a token as the auth service does, for a time of our choice."""
    key = (Path(platform.folder) / "keys" / "auth_service" / "users.key").read_bytes()
    return TokenIssuer(key, audience="agent-platform").generate_token(user_id, expires_in=expires_in)


async def is_refused(visitor: Visitor) -> bool:
    return await visitor.status() == 401


async def test_signing_out_ends_one_session_everywhere(join: Join) -> None:
    """Isolation strategy: two devices of one user and another user; one device signs out, the others stay."""
    ada, bob = await join("ada"), await join("bob")
    phone = Visitor(ada.platform, "phone")
    phone.user_id = ada.user_id
    await phone.sign_in()
    async with ada.listening() as leaving, phone.listening() as staying, bob.listening() as other:
        for ear in (leaving, staying, other):
            await ear.until("welcome")
        await ada.sign_out()
        await eventually(lambda: is_refused(ada))
        assert await leaving.until_closed() == SIGNED_OUT
        for visitor, ear in ((phone, staying), (bob, other)):
            assert await visitor.status() == 200
            await visitor.run()
            await ear.until("agent_completed")
    await phone.close()
    assert (await ada.auth.post("/refresh", json={"refresh_token": ada.refresh_token})).status_code == 401


async def test_a_token_expires_and_is_renewed(join: Join, platform: Any) -> None:
    """Isolation strategy: one user's token expires under an open socket while the other's is good."""
    ada, bob = await join("ada"), await join("bob")
    ada.token = signed(platform, ada.user_id, expires_in=2)
    ada.http.headers["Authorization"] = f"Bearer {ada.token}"
    async with ada.listening() as hers, bob.listening() as his:
        await his.until("welcome")
        assert await hers.until_closed() == SIGNED_OUT
        assert await is_refused(ada)
        await ada.renew()
        assert await ada.status() == 200
        await bob.run()
        await his.until("agent_completed")


async def test_a_refresh_token_is_good_once_and_for_its_user(join: Join) -> None:
    """Isolation strategy: one user renews and names the other; used tokens and foreign names give nothing."""
    ada, bob = await join("ada"), await join("bob")
    used = bob.refresh_token
    body = {"refresh_token": used, "user_id": ada.user_id}
    token = (await bob.auth.post("/refresh", json=body)).json()["token"]
    me = await bob.auth.get("/me", headers={"Authorization": f"Bearer {token}"})
    assert me.json() == {"user_id": bob.user_id}
    assert (await bob.auth.post("/refresh", json={"refresh_token": used})).status_code == 401
    bob.http.headers["Authorization"] = f"Bearer {used}"
    assert await is_refused(bob)


@pytest.mark.parametrize("kind", ["expired", "forged", "of another platform", "none"])
async def test_bad_tokens_open_nothing(kind: str, join: Join, platform: Any) -> None:
    """Isolation strategy: somebody without a good token names a user who has one."""
    ada = await join("ada")
    thief = Visitor(platform, "thief")
    thief.token = {
        "expired": signed(platform, ada.user_id, expires_in=-60),
        "forged": ada.token[:-4] + "AAAA",
        "of another platform": TokenIssuer(audience="agent-platform").generate_token(ada.user_id),
        "none": "nothing",
    }[kind]
    thief.http.headers["Authorization"] = f"Bearer {thief.token}"
    assert await is_refused(thief)
    async with thief.listening() as ear:
        assert await ear.until_closed() == SIGNED_OUT
    assert ear.heard == []
    await thief.close()
    assert await ada.status() == 200


async def test_passwords_are_each_users_own(join: Join) -> None:
    """Isolation strategy: five wrong passwords lock one account and leave the other open."""
    ada, bob = await join("ada"), await join("bob")
    for _ in range(5):
        body = {"user_id": ada.user_id, "password": "a wrong password"}
        assert (await bob.auth.post("/login", json=body)).status_code == 401
    body = {"user_id": ada.user_id, "password": PASSWORD}
    assert (await ada.auth.post("/login", json=body)).status_code == 401
    await bob.sign_in()
    assert (await bob.auth.post("/register", json=body)).status_code == 422

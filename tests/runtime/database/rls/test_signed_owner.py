"""Signed owners: injected SQL that can set anything still cannot be anybody else."""

import hmac
import time
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import select

from cellwall.runtime.database.rls import OwnerSigner
from cellwall.runtime.database.rls.signing import DOMAIN
from cellwall.runtime.errors import BypassingRoleError

from .conftest import ADA, BOB, KEY, Note, Walled
from .test_storage import around_the_guard, opener


def forged(owner: str, *, key: bytes = KEY, key_id: str = "1", lives: int = 60, backend: int = 0) -> str:
    """Make a token by hand."""
    message = f"{key_id}:{int(time.time()) + lives}:{backend}:{owner}"
    return f"{hmac.new(key, (DOMAIN + message).encode(), sha256).hexdigest()} {message}"


async def as_whom(walled: Walled, signer: OwnerSigner, token: str) -> list[tuple[Any, ...]]:
    """Be Ada, set the owner to `token` by injected SQL, and read."""
    async with await walled.storage(signer=signer).open(ADA, "r") as session:
        await around_the_guard(session, f"SELECT set_config('cellwall.owner', '{token}', true)")
        return await around_the_guard(session, "SELECT text FROM notes")


async def test_each_sees_the_own_rows(walled: Walled) -> None:
    storage = walled.storage(signer=await walled.sign())
    for owner in (ADA, BOB, ADA):
        async with await storage.open(owner, "r") as session:
            assert (await session.scalars(select(Note.text))).all() == [f"of {owner.id}"]
            session.add(Note(text="more"))
            await session.flush()
            assert len(await around_the_guard(session, "SELECT text FROM notes")) == 2


async def test_without_a_signature_injected_sql_can_be_anybody(walled: Walled) -> None:
    async with await walled.storage().open(ADA, "r") as session:
        await around_the_guard(session, "SELECT set_config('cellwall.owner', 'bob', true)")
        assert await around_the_guard(session, "SELECT text FROM notes") == [("of bob",)]  # why one signs


async def test_the_control_a_token_made_with_the_key_works(walled: Walled) -> None:
    assert await as_whom(walled, await walled.sign(), forged("bob")) == [("of bob",)]


def tampered() -> dict[str, str]:
    """Give tokens that prove nothing, by what is wrong with them."""
    good = forged("bob")
    mac, _, message = good.partition(" ")
    mine = forged("ada")
    return {
        "no token": "bob",
        "another key": forged("bob", key=bytes(32)),
        "unknown key id": forged("bob", key_id="2"),
        "no key id": forged("bob", key_id=""),
        "expired": forged("bob", lives=-1),
        "another connection": forged("bob", backend=1),
        "owner changed": f"{mine.partition(' ')[0]} {message}",
        "owner appended to": forged("bo") + "b",
        "mac cut": f"{mac[:63]} {message}",
        "mac empty": f" {message}",
        "mac of zeros": f"{'0' * 64} {message}",
        "mac in capitals": f"{mac.upper()} {message}",
        "lifetime changed": good.replace(message.split(":")[1], "9999999999"),
        "only a mac": mac,
        "white space": " " * 80,
        "separators": f"{mac} " + ":" * 10,
        "number that is none": f"{mac} 1:x:0:bob",
        "very long": good + "b" * 100_000,
    }


@pytest.mark.parametrize("what", tampered())
async def test_a_token_that_proves_nothing_is_refused(bare: Walled, what: str) -> None:
    signer = await bare.sign()
    await bare.run("INSERT INTO notes (user_id, text) VALUES ('bob', 'of bob')")
    with pytest.raises(Exception, match=r"cellwall: (the|a) .*owner|invalid input syntax"):
        await as_whom(bare, signer, tampered()[what])


async def test_a_token_seen_elsewhere_is_of_no_use(bare: Walled) -> None:
    signer = await bare.sign()
    await bare.run("INSERT INTO notes (user_id, text) VALUES ('bob', 'of bob')")
    storage = bare.storage(signer=signer)
    async with await storage.open(BOB, "r") as session:
        await session.execute(select(Note))
        sql = "SELECT current_setting('cellwall.owner')"
        ((stolen,),) = await around_the_guard(session, sql)
        async with await storage.open(ADA, "r") as thief:
            await around_the_guard(thief, f"SELECT set_config('cellwall.owner', '{stolen}', true)")
            with pytest.raises(Exception, match="another connection"):
                await around_the_guard(thief, "SELECT text FROM notes")


async def test_a_transaction_that_outlives_its_owner_gets_an_error(bare: Walled) -> None:
    await bare.sign()
    clock = [time.time()]
    storage = bare.storage(signer=OwnerSigner(KEY, lifetime=30, clock=lambda: clock[0]))
    await storage.check()
    clock[0] -= 100
    async with await storage.open(ADA, "r") as session:
        with pytest.raises(Exception, match="expired"):
            await session.execute(select(Note))


async def test_the_role_cannot_read_or_change_the_keys(walled: Walled) -> None:
    storage = walled.storage(signer=await walled.sign())
    for sql in (
        "SELECT * FROM cellwall.signing_key",
        "INSERT INTO cellwall.signing_key VALUES ('2', '', '')",
        "UPDATE cellwall.signing_key SET id = 'x'",
        "DROP TABLE cellwall.signing_key",
    ):
        async with await storage.open(ADA, "r") as session:
            with pytest.raises(Exception, match=r"permission denied|must be owner"):
                await around_the_guard(session, sql)


async def test_a_search_path_of_the_attackers_changes_nothing(bare: Walled) -> None:
    signer = await bare.sign()
    await bare.run(
        f"CREATE SCHEMA evil AUTHORIZATION {bare.role}",
        "INSERT INTO notes (user_id, text) VALUES ('bob', 'of bob')",
    )
    async with await bare.storage(signer=signer).open(ADA, "r") as session:
        await session.execute(select(1))
        driver: Any = await opener(await session.connection())
        await driver.execute(
            "CREATE FUNCTION evil.sha256(bytea) RETURNS bytea LANGUAGE sql AS $$ SELECT ''::bytea $$"
        )
        await driver.execute(
            "CREATE FUNCTION evil.pg_backend_pid() RETURNS int LANGUAGE sql AS $$ SELECT 0 $$"
        )
        await driver.execute("SET search_path = evil, pg_catalog, public")
        await around_the_guard(
            session, f"SELECT set_config('cellwall.owner', '{'0' * 64} 1:9999999999:0:bob', true)"
        )
        with pytest.raises(Exception, match="not signed"):
            await around_the_guard(session, "SELECT text FROM notes")


async def test_keys_are_rotated(bare: Walled) -> None:
    new = OwnerSigner(bytes(range(32)), key_id="2")
    old = await bare.sign()
    await bare.apply(keys={"1": KEY, "2": bytes(range(32))})
    await bare.storage(signer=old).check()
    await bare.storage(signer=new).check()
    await bare.apply(keys={"2": bytes(range(32))})
    await bare.storage(signer=new).check()
    with pytest.raises(BypassingRoleError, match="known key"):
        await bare.storage(signer=old).check()


async def test_a_signer_needs_a_database_that_verifies(bare: Walled) -> None:
    await bare.apply()
    with pytest.raises(BypassingRoleError, match="believes owners that are not signed"):
        await bare.storage(signer=OwnerSigner(KEY)).check()


async def test_a_database_that_verifies_needs_a_signer(bare: Walled) -> None:
    await bare.sign()
    with pytest.raises(BypassingRoleError, match="does not accept the owner"):
        await bare.storage().check()


async def test_keys_that_the_role_may_read_are_refused(bare: Walled) -> None:
    signer = await bare.sign()
    await bare.run("GRANT SELECT (inner_pad) ON cellwall.signing_key TO PUBLIC")
    with pytest.raises(BypassingRoleError, match="signing_key"):
        await bare.storage(signer=signer).check()

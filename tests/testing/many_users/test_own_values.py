"""Values that only one user may see are found where they surface for another, though no assertion fails."""

import re

from tests.testing.many_users.conftest import RunPytest

SHOP = """
import asyncio, logging
import pytest
log = logging.getLogger("shop")

class Shop:
    def __init__(self): self.last = None
    async def buy(self, context):
        before, self.last = self.last, context.user_id
        await asyncio.sleep(0)
        log.info("%s buys after %s", context.user_id, before)

@pytest.fixture
def shop(): return Shop()
@pytest.fixture(autouse=True)
def level(caplog): caplog.set_level("INFO")
"""


def test_another_users_value_in_a_log_record_fails_the_test(run_pytest: RunPytest) -> None:
    tests = SHOP + "async def test_it(shop, user_context):\n    await shop.buy(user_context)\n"
    assert run_pytest(tests).outcomes == {"test_it": "passed"}
    found = run_pytest(tests, "--concurrent-users", "3")
    assert found.verdicts() == {"test_it": "leak"}, found.text
    assert "SeenByOthersError: u1's value was written for u2 in logging" in found.text


def test_ids_of_a_project_of_its_own_are_claimed(run_pytest: RunPytest) -> None:
    tests = (
        SHOP
        + """
import itertools
class Visit:
    def __init__(self, number): self.user_id, self.session_id = f"visitor-number-{number}", "the-only-session"
numbers = itertools.count()
@pytest.fixture
def user_context(): return Visit(next(numbers))
async def test_it(shop, user_context):
    await shop.buy(user_context)
"""
    )
    found = run_pytest(tests, "--concurrent-users", "3")
    assert found.verdicts() == {"test_it": "leak"}, found.text
    assert "SeenByOthersError: u1's value was written for u2 in logging" in found.text


def test_what_cannot_be_seen_is_said(run_pytest: RunPytest) -> None:
    tests = """
import pytest, zlib
from cellwall.testing.clients import UserClient

async def app(scope, receive, send):
    headers = [(b"content-encoding", b"x-own")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": zlib.compress(b"x")})

async def test_it(user_context):
    await UserClient(app).raw.get("/packed")
"""
    found = run_pytest(tests, "--concurrent-users", "3")
    assert found.verdicts() == {"test_it": "passed"}, found.text
    assert re.search(r"not seen in 1: GET /packed.*x-own", found.text), found.text
    assert "never seen: values inside what is encrypted" in found.text


def test_a_seed_repeats_the_values(run_pytest: RunPytest) -> None:
    tests = "async def test_it(user_context):\n    assert not user_context.user_id\n"
    said = [
        run_pytest(tests, "--concurrent-users", "2", *seed).bodies["test_it"].splitlines()[0]
        for seed in (["--isolation-seed", "7"], ["--isolation-seed", "7"], [], [])
    ]
    assert said[0] == said[1]
    assert len(set(said)) == 3


def test_what_was_seen_is_told_beside_a_failure(run_pytest: RunPytest) -> None:
    tests = (
        SHOP
        + """
async def test_it(shop, user_context):
    await shop.buy(user_context)
    assert shop.last == user_context.user_id
"""
    )
    text = run_pytest(tests, "--concurrent-users", "3").text
    assert "cellwall: LEAK: u1 saw what is u3's own" in text
    assert "seen:   u1's value was written for u2 in logging" in text

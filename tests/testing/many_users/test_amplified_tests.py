"""Awaits that never suspend, in modules whose assertions pytest rewrites: told as conditional."""

import re
from pathlib import Path

from tests.testing.many_users.conftest import RunPytest

MOCKED = """
from unittest.mock import AsyncMock
import pytest

class Desk:
    user = None
    def __init__(self): self.store = AsyncMock()
    async def who(self, context):
        self.user = context.user_id
        await self.store.read()
        return self.user

@pytest.fixture
def desk(): return Desk()

async def test_it(desk, user_context):
    assert await desk.who(user_context) == user_context.user_id

def test_plain():
    left, right = 1, 2
    assert left == right
"""
MANY = ("--concurrent-users", "3", "--schedules", "60")


def test_what_only_pauses_show_is_conditional_and_assertions_are_still_explained(
    run_pytest: RunPytest, tmp_path: Path
) -> None:
    plain = run_pytest(MOCKED, *MANY)
    assert plain.verdicts() == {"test_it": "passed"}
    assert "conditional" not in plain.text
    found = run_pytest(MOCKED, *MANY, "--amplify", "test_it")
    assert found.verdicts() == {"test_it": "passed"}, found.text
    assert found.outcomes["test_plain"] == "failure"
    assert "assert 1 == 2" in found.text
    assert "test_it.py:21: AssertionError" in found.text
    told = re.search(r"conditional, .*AssertionError.*; repeat: (.*)", found.text)
    assert told, found.text
    again = run_pytest(MOCKED, *told[1].split(), "-k", "test_it")
    assert again.verdicts() == {"test_it": "leak"}, again.text
    assert not list(tmp_path.rglob("*cellwallyields*"))  # PYTHONDONTWRITEBYTECODE


def test_other_modules_stay_as_they_are(run_pytest: RunPytest) -> None:
    found = run_pytest(MOCKED, *MANY, "--amplify", "elsewhere")
    assert found.verdicts() == {"test_it": "passed"}, found.text
    assert "conditional" not in found.text

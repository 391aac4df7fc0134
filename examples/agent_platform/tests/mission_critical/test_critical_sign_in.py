"""Nobody may be locked out by a release."""

import asyncio

import pytest

from auth_service.accounts import MAX_FAILURES, AccountError, Accounts
from netra_backend.agents.registry import AgentRegistry


class TestSignIn:
    @classmethod
    def setup_class(cls):
        cls.password = "correct horse battery"

    def setup_method(self):
        self.accounts = Accounts()
        self.accounts.register("critical-member", self.password)

    def test_right_password_forgives(self):
        for _ in range(MAX_FAILURES - 1):
            with pytest.raises(AccountError):
                self.accounts.check("critical-member", "wrong password")
        assert self.accounts.check("critical-member", self.password).failures == 0

    async def test_in_threads(self):
        checks = [
            asyncio.to_thread(self.accounts.check, "critical-member", self.password) for _ in range(4)
        ]
        assert {account.user_id for account in await asyncio.gather(*checks)} == {"critical-member"}

    def test_locked_members_are_sent_to_access(self):
        agent = AgentRegistry.get_agent("triage")
        assert agent.answer("I am locked out: locked") == "access"

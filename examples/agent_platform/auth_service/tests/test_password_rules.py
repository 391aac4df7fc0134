import string

import pytest

from auth_service.accounts import MIN_PASSWORD, AccountError, Accounts
from netra_backend.tools.dispatcher import ToolDispatcher

LETTERS = string.ascii_letters


@pytest.mark.parametrize("length", range(MIN_PASSWORD - 1, MIN_PASSWORD + 2))
def test_length(length):
    accounts = Accounts()
    if length < MIN_PASSWORD:
        with pytest.raises(AccountError):
            accounts.register("new", LETTERS[:length])
    else:
        assert accounts.register("new", LETTERS[:length]).failures == 0


async def test_the_error_gives_the_length_that_the_calculator_gives():
    dispatcher = ToolDispatcher()
    length = await dispatcher.execute_tool("calculator", {"op": "add", "a": MIN_PASSWORD, "b": 0})
    with pytest.raises(AccountError, match=rf"\b{length}\b"):
        Accounts().register("new", "short")


class TestNames:
    @pytest.fixture(autouse=True)
    def known(self):
        self.accounts = Accounts()
        self.accounts.register("taken", LETTERS)

    def test_taken(self):
        with pytest.raises(AccountError, match="taken"):
            self.accounts.register("taken", LETTERS[::-1])

    def test_free(self):
        assert self.accounts.register("free", LETTERS).user_id == "free"

import pytest

from auth_service.accounts import AccountError
from netra_backend.tools.registry import ToolRegistry


def test_right_password(accounts):
    assert accounts.check("ada", "a long password").user_id == "ada"


@pytest.mark.parametrize("name, password", [("ada", "wrong password"), ("nobody", "a long password")])
def test_wrong_name_or_password(accounts, name, password):
    with pytest.raises(AccountError, match="wrong name or password"):
        accounts.check(name, password)


async def test_five_failures_lock_and_the_handbook_says_so(accounts):
    for _ in range(5):
        with pytest.raises(AccountError):
            accounts.check("ada", "guess guess guess")
    with pytest.raises(AccountError):
        accounts.check("ada", "a long password")
    handbook = ToolRegistry.get_tool("search")
    assert await handbook.execute({"query": "locked account"}) == [
        "A locked account opens again after thirty minutes."
    ]


def test_short_password(accounts):
    with pytest.raises(AccountError, match="at least 10"):
        accounts.register("bob", "short")

import pytest

from auth_service.accounts import Accounts


@pytest.fixture
def accounts():
    known = Accounts()
    known.register("ada", "a long password")
    return known

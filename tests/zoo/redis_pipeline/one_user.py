import pytest
from service import remember, sessions

shop = pytest.fixture(sessions)


async def test_session(shop, user_context):
    assert await remember(shop, user_context.user_id) in (user_context.user_id, "503")

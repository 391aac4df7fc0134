import pytest
from service import handler, token_of

gateway = pytest.fixture(handler)


async def test_who_a_token_is_for(gateway, user_context):
    told = await gateway.get_oidc_userinfo(token_of(user_context.user_id))
    assert told == {"sub": user_context.user_id}

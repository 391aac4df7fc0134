import pytest
from service import Service


@pytest.fixture
async def service():
    made = Service()
    yield made
    await made.close()


async def test_calls_in_a_users_name(service, user_context):
    await service.call(f"/login/{user_context.user_id}")
    assert await service.call("/me") in ("", f"sid={user_context.user_id}")

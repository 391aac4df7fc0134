from service import app

from cellwall.testing.clients import UserClient


async def test_me(user_context):
    response = await UserClient(app).raw.get("/me", headers={"cookie": f"sid={user_context.user_id}"})
    assert response.text == f"sid={user_context.user_id}"

import httpx
from service import app


async def test_me(user_context):
    token = f"Bearer {user_context.user_id}"
    with httpx.Client(transport=httpx.WSGITransport(app), base_url="http://shop") as browser:
        assert browser.get("/me", headers={"Authorization": token}).text == token

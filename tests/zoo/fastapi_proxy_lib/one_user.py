from service import app

from cellwall.testing.clients import UserClient

__all__ = ["app"]


async def test_login(app, user_context):
    async with UserClient(app) as browser:
        assert (await browser.http.get("/me")).json() == {"sid": None}
        await browser.http.get(f"/login/{user_context.user_id}")
        assert (await browser.http.get("/me")).json() == {"sid": user_context.user_id}

from service import app, begin, use

from cellwall.testing.clients import UserClient

__all__ = ["app"]


async def test_notes(app, user_context):
    async with UserClient(app, token=user_context.user_id) as user:
        session = await begin(user.http)
        await use(user.http, session, "put", text=user_context.session_id)
        assert await use(user.http, session, "get") == user_context.session_id

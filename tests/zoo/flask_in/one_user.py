import httpx
import pytest
from service import service

club = pytest.fixture(service)


async def test_greeting(club, user_context):
    with httpx.Client(transport=httpx.WSGITransport(club), base_url="http://club") as browser:
        browser.get(f"/login/{user_context.user_id}")
        assert browser.get("/greeting").text == f"hello {user_context.user_id}"

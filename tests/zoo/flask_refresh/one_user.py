import httpx
import pytest
from service import service

shop = pytest.fixture(service)


async def test_prices(shop, user_context):
    with httpx.Client(transport=httpx.WSGITransport(shop), base_url="http://shop") as browser:
        browser.get(f"/login/{user_context.user_id}")
        assert browser.get("/prices").text == "the same for all"
        assert browser.get("/me").text == user_context.user_id

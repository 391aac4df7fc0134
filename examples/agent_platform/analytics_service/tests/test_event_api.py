"""The analytics service as other services speak with it."""

import httpx
import pytest

from analytics_service.app import create_analytics_app
from auth_service.service_tokens import service_token
from cellwall import UserExecutionContext
from netra_backend.services.analytics_client import AnalyticsClient


@pytest.fixture(scope="module")
def service():
    return create_analytics_app()


@pytest.fixture
def context():
    return UserExecutionContext.create_for_user("counted-user")


async def test_reported_and_counted(service, context):
    client = AnalyticsClient(service)
    await client.report(context, "export", format="csv")
    await client.report(context, "export", format="pdf")
    assert (await client.usage(context))["export"] == 2


async def test_listed_by_name(service, context):
    await AnalyticsClient(service).report(context, "export", format="csv")
    headers = {"Authorization": f"Bearer {service_token('counted-user')}"}
    transport = httpx.ASGITransport(app=service)
    async with httpx.AsyncClient(transport=transport, base_url="http://analytics", headers=headers) as client:
        listed = (await client.get("/events", params={"name": "export"})).json()
        assert [event["properties"] for event in listed] == [{"format": "csv"}]
        assert (await client.get("/events", params={"name": "import"})).json() == []


@pytest.mark.parametrize("path", ["/events", "/usage"])
async def test_people_are_sent_away(service, path):
    transport = httpx.ASGITransport(app=service)
    async with httpx.AsyncClient(transport=transport, base_url="http://analytics") as client:
        assert (await client.get(path)).status_code == 401

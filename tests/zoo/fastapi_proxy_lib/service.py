"""A proxy before an application with a login by cookie."""

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from fastapi_proxy_lib.fastapi.app import reverse_http_app

from cellwall.testing.clients import lifespan

upstream = FastAPI()


@upstream.get("/login/{user}")
def login(user: str, response: Response):
    response.set_cookie("sid", user)


@upstream.get("/me")
def me(request: Request):
    return {"sid": request.cookies.get("sid")}


@pytest.fixture
async def app():
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=upstream))
    proxy = reverse_http_app(client, base_url="http://upstream.test/")
    async with lifespan(proxy):
        yield proxy

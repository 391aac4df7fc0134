"""A service that calls another in its users' names, by one client for all; with a cookie jar, or without."""

import os
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx
from cookie_upstream import URL

none = CookieJar(policy=DefaultCookiePolicy(allowed_domains=()))
cookies = none if os.environ["ZOO_SIDE"] == "fixed" else None


class Service:
    def __init__(self):
        self.client = httpx.AsyncClient(trust_env=False, cookies=cookies)

    async def call(self, path):
        return (await self.client.get(URL + path)).text

    async def close(self):
        await self.client.aclose()

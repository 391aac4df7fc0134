"""A service that calls another in its users' names, by one session for all; with a cookie jar, or without."""

import os

import aiohttp
from cookie_upstream import URL


class Service:
    def __init__(self):
        jar = aiohttp.DummyCookieJar() if os.environ["ZOO_SIDE"] == "fixed" else None
        self.client = aiohttp.ClientSession(cookie_jar=jar)

    async def call(self, path):
        async with self.client.get(URL + path) as response:
            return await response.text()

    async def close(self):
        await self.client.close()

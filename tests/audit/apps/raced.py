"""A service object that serves all requests: it keeps the request's user on itself where it leaks."""

import asyncio
from typing import Annotated

from fastapi import Depends, FastAPI

from tests.audit.apps.accounts import current, with_accounts


class Greeter:
    """Greets whom it was told to."""

    def __init__(self) -> None:
        self.user = ""

    async def greet_kept(self, user: str) -> str:
        """Keep the user, wait, and greet whom is kept by then."""
        self.user = user
        await asyncio.sleep(0.001)
        return f"hello {self.user}"

    async def greet(self, user: str) -> str:
        """Wait, and greet the user."""
        await asyncio.sleep(0.001)
        return f"hello {user}"


def create_raced(leaking: bool) -> FastAPI:
    """Make the service."""
    app = with_accounts(FastAPI())
    greeter = Greeter()

    @app.get("/greeting")
    async def greeting(user: Annotated[str, Depends(current)]) -> dict[str, str]:
        return {"text": await (greeter.greet_kept if leaking else greeter.greet)(user)}

    return app

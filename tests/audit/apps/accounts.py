"""Sign-up and sign-in for the small services of these tests, and who asks."""

from typing import Annotated

from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel


class Account(BaseModel):
    """A name and a password."""

    username: str
    password: str


def with_accounts(app: FastAPI) -> FastAPI:
    """Add them to an application."""
    known: dict[str, str] = {}

    @app.post("/register", status_code=201)
    async def register(body: Account) -> dict[str, str]:
        if body.username in known:
            raise HTTPException(409, "taken")
        known[body.username] = body.password
        return {"username": body.username}

    @app.post("/login")
    async def login(body: Account) -> dict[str, str]:
        if known.get(body.username) != body.password:
            raise HTTPException(401, "wrong")
        return {"access_token": f"token-of-{body.username}"}

    return app


async def current(authorization: Annotated[str, Header()] = "") -> str:
    """Give who asks.

    Raises:
        HTTPException: nobody does.
    """
    return user_of(authorization.removeprefix("Bearer "))


def user_of(token: str) -> str:
    """Give whose token it is."""
    if not token.startswith("token-of-"):
        raise HTTPException(401, "sign in first")
    return token.removeprefix("token-of-")

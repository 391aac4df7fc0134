"""Users are made by the service's own sign-up; two that would be one user are refused."""

import secrets
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from cellwall.audit.errors import NoUsersError
from tests.audit.conftest import Audit

SIGN_UP = 'POST /signup {"email": %s, "password": {text}}'
SIGN_IN = 'POST /login {"email": %s, "password": {text}}'


def notebook() -> Starlette:
    """A service without a description, whose notes are each user's own."""
    users: dict[str, str] = {}
    tokens: dict[str, str] = {}
    notes: dict[str, str] = {}

    async def sign_up(request: Request) -> JSONResponse:
        body = await request.json()
        users[body["email"]] = body["password"]
        return JSONResponse({}, 201)

    async def sign_in(request: Request) -> JSONResponse:
        body = await request.json()
        if users.get(body["email"]) != body["password"]:
            return JSONResponse({}, 401)
        token = secrets.token_hex(16)
        tokens[token] = body["email"]
        return JSONResponse({"token": token})

    async def make(request: Request) -> JSONResponse:
        owner = tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if owner is None:
            return JSONResponse({}, 401)
        note = secrets.token_hex(6)
        notes[note] = owner
        return JSONResponse({"id": note}, 201)

    async def remove(request: Request) -> JSONResponse:
        owner = tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if owner is None or notes.get(request.path_params["note_id"]) != owner:
            return JSONResponse({}, 404)
        return JSONResponse(
            {"id": request.path_params["note_id"], "gone": bool(notes.pop(request.path_params["note_id"]))}
        )

    return Starlette(
        routes=[
            Route("/signup", sign_up, methods=["POST"]),
            Route("/login", sign_in, methods=["POST"]),
            Route("/notes", make, methods=["POST"]),
            Route("/notes/{note_id}", remove, methods=["DELETE"]),
        ]
    )


def requests(email: str) -> tuple[str, ...]:
    return (SIGN_UP % email, SIGN_IN % email, 'POST /notes {"text": {text}}')


async def test_each_user_signs_up_with_what_is_its_own(audit: Audit) -> None:
    result: Any = await audit(notebook(), requests=requests("{text}"))
    assert not result.findings


async def test_two_that_would_be_one_user_are_refused(audit: Audit) -> None:
    with pytest.raises(NoUsersError, match=r"alice and bob would be one user.* email .*{text}"):
        await audit(notebook(), requests=requests('"{email}"'))

"""The auth service's HTTP interface."""

from typing import Any

from fastapi import APIRouter, FastAPI, Header, HTTPException
from pydantic import BaseModel

from auth_service.accounts import AccountError, Accounts
from auth_service.revocations import ToldRevocations
from auth_service.service_tokens import caller
from auth_service.tokens import BadToken, generate_refresh_token, generate_token, renew, sign_out, user_of
from cellwall import UserExecutionContext, cleanup_user_context
from netra_backend.services.analytics_client import AnalyticsClient


class Credentials(BaseModel):
    """A name and a password."""

    user_id: str
    password: str


class Renewal(BaseModel):
    """A refresh token."""

    refresh_token: str


def both_tokens(user_id: str) -> dict[str, str]:
    """Sign the short token that requests show and the long one that renews it."""
    return {"token": generate_token(user_id), "refresh_token": generate_refresh_token(user_id)}


class SignOut(BaseModel):
    """The refresh token that goes with the token of the header."""

    refresh_token: str | None = None


async def health() -> dict[str, str]:
    """Say that the process is up."""
    return {"status": "ok"}


def told_to_services(revocations: ToldRevocations) -> APIRouter:
    """Give the route by which other services follow what is revoked."""
    router = APIRouter()

    @router.get("/revocations")
    async def revoked(
        epoch: str = "", after: int = 0, wait: float = 0.0, authorization: str = Header(default="")
    ) -> dict[str, Any]:
        try:
            caller(authorization.removeprefix("Bearer "), audience="auth_service")
        except BadToken:
            raise HTTPException(401, "services only") from None
        return await revocations.after(epoch, after, wait)

    return router


def create_auth_app(
    accounts: Accounts | None = None,
    analytics: Any = None,
    revocations: ToldRevocations | None = None,
    lifespan: Any = None,
) -> FastAPI:
    """Make the application with its own accounts; `analytics` hears of sign-ins where it is given.

    With `revocations`, other services may ask what was revoked.
    """
    app = FastAPI(title="Auth service", lifespan=lifespan)
    app.get("/health")(health)
    if revocations is not None:
        app.include_router(told_to_services(revocations))
    told = AnalyticsClient(analytics, "auth_service") if analytics is not None else None
    known = accounts if accounts is not None else Accounts()

    @app.post("/register", status_code=201)
    async def register(body: Credentials) -> dict[str, str]:
        try:
            return {"user_id": known.register(body.user_id, body.password).user_id}
        except AccountError as error:
            raise HTTPException(422, str(error)) from None

    @app.post("/login")
    async def login(body: Credentials) -> dict[str, str]:
        try:
            account = known.check(body.user_id, body.password)
        except AccountError as error:
            raise HTTPException(401, str(error)) from None
        if told is not None:
            context = UserExecutionContext.create_for_user(account.user_id)
            await told.report(context, "sign_in")
            await cleanup_user_context(context)
        return both_tokens(account.user_id)

    @app.post("/refresh")
    async def refresh(body: Renewal) -> dict[str, str]:
        try:
            return both_tokens(await renew(body.refresh_token))
        except BadToken:
            raise HTTPException(401, "sign in first") from None

    @app.post("/logout", status_code=204)
    async def logout(body: SignOut | None = None, authorization: str = Header(default="")) -> None:
        try:
            await sign_out(authorization.removeprefix("Bearer "))
            if body is not None and body.refresh_token is not None:
                await renew(body.refresh_token)
        except BadToken:
            raise HTTPException(401, "sign in first") from None

    @app.get("/me")
    async def me(authorization: str = Header(default="")) -> dict[str, str]:
        try:
            return {"user_id": user_of(authorization.removeprefix("Bearer "))}
        except BadToken:
            raise HTTPException(401, "sign in first") from None

    return app

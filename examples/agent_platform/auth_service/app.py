"""The auth service's HTTP interface."""

from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel

from auth_service.accounts import AccountError, Accounts
from auth_service.tokens import BadToken, generate_token, user_of


class Credentials(BaseModel):
    """A name and a password."""

    user_id: str
    password: str


def create_auth_app(accounts: Accounts | None = None) -> FastAPI:
    """Make the application with its own accounts."""
    app = FastAPI(title="Auth service")
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
        return {"token": generate_token(account.user_id)}

    @app.get("/me")
    async def me(authorization: str = Header(default="")) -> dict[str, str]:
        try:
            return {"user_id": user_of(authorization.removeprefix("Bearer "))}
        except BadToken:
            raise HTTPException(401, "sign in first") from None

    return app

"""Proposals for the application, tokens and limits: what is chosen, how it is spelled, what is in the way."""

from pathlib import Path

import pytest

from cellwall.project.proposal import ProposedRole
from cellwall.project.propose import propose_roles, without_defaults
from cellwall.project.template import check_expression, check_import


def proposed(root: Path, **files: str) -> dict[str, ProposedRole]:
    for name, text in files.items():
        path = root / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    found = propose_roles(root)
    for each in found:
        check_expression(each.role.create)
        for line in each.role.imports:
            check_import(line)
    assert without_defaults(found) == found  # the runtime has no default for any of these
    return {each.role.name: each for each in found}


def test_a_token_for_an_id_and_whose_it_is(tmp_path: Path) -> None:
    text = (
        "def generate_token(user_id: str, expires_in=60) -> str: ...\ndef user_of(token: str) -> str: ...\n"
    )
    found = proposed(tmp_path, shop__tokens=text)
    assert found["token"].role.imports == ("from shop.tokens import generate_token",)
    assert found["token"].role.create == "generate_token({user_id})"
    assert found["token_owner"].role.create == "user_of({token})"
    evidence = found["token"].evidence[0]
    assert (evidence.path, evidence.line) == ("shop/tokens.py", 1)
    assert "generate_token(user_id: str) gives str" in evidence.why


def test_a_token_of_a_user_object_below_another_root(tmp_path: Path) -> None:
    found = proposed(
        tmp_path,
        backend__shop__user="from dataclasses import dataclass\n\n@dataclass\nclass User:\n"
        "    identifier: str\n    name: str = ''\n",
        backend__shop__auth__jwt="from shop.user import User\n\n"
        "def create_jwt(data: User) -> str: ...\ndef decode_jwt(token: str) -> User: ...\n",
        backend__shop__auth____init__="from .jwt import create_jwt, decode_jwt\n",
        backend__shop__server="from shop.auth import create_jwt, decode_jwt\nfrom fastapi import FastAPI\n"
        "app = FastAPI(title='shop')\n",
    )
    assert found["token"].role.imports == (
        "from shop.auth import create_jwt",
        "from shop.user import User",
    )
    assert found["token"].role.create == "create_jwt(User(identifier={user_id}))"
    assert found["token_owner"].role.create == "decode_jwt({token}).identifier"
    assert found["app"].role.imports == ("from shop.server import app",)
    assert found["app"].role.create == "app"


def test_claims_and_a_service_object(tmp_path: Path) -> None:
    text = (
        "class TokenService:\n    async def create_access_token(self, data: dict) -> str: ...\n"
        "    async def verify_token(self, token: str) -> dict: ...\n\ntoken_service = TokenService()\n"
    )
    found = proposed(tmp_path, shop__tokens=text)
    assert found["token"].role.create == 'token_service.create_access_token({"sub": {user_id}})'
    assert found["token"].role.awaited
    assert found["token_owner"].role.create == '(await token_service.verify_token({token}))["sub"]'
    assert not found["token_owner"].role.awaited


@pytest.mark.parametrize(
    "text",
    [
        "def create_refresh_token(user_id: str) -> str: ...\n",  # good for one thing only
        "def create_token(user_id: str, tenant: str) -> str: ...\n",  # nobody can say which tenant
        "def create_token(user_id: str) -> Token: ...\n",  # no text
        "def _create_token(user_id: str) -> str: ...\n",
        "def verify_token(token: str) -> bool: ...\n",  # does not say whose
        "class User:\n    def __init__(self, id: int, mail: str): ...\n"
        "def make_jwt(user: User) -> str: ...\n",
    ],
)
def test_what_is_no_token_of_a_user(tmp_path: Path, text: str) -> None:
    assert not proposed(tmp_path, shop__tokens=text)


def test_an_application_that_is_made_is_better_than_one_that_is_kept(tmp_path: Path) -> None:
    kept = "from fastapi import FastAPI\n\napp = FastAPI()\n_inner = FastAPI()\n"
    made = "from fastapi import FastAPI\n\ndef build_everything(debug=False) -> FastAPI: ...\n"
    found = proposed(tmp_path, shop__kept=kept, shop__made=made)["app"]
    assert found.role.create == "build_everything()"
    assert [other.why.partition(";")[0] for other in found.others] == ["app = FastAPI(...)"]


def test_an_application_whose_annotation_is_missing(tmp_path: Path) -> None:
    text = "from starlette.applications import Starlette\n\ndef create_app(): ...\ndef get_app(name): ...\n"
    found = proposed(tmp_path, shop__web=text)["app"]
    assert found.role.create == "create_app()"
    assert "what is not said; Starlette is imported" in found.evidence[0].why
    assert not proposed(tmp_path / "other", shop__desk="def create_app(): ...\n")


def test_limits(tmp_path: Path) -> None:
    function = "def may_request(user_id: str) -> bool: ...\n"
    assert proposed(tmp_path / "f", shop__limits=function)["limiter"].role.create == "may_request({user_id})"
    method = (
        "class RateLimiter:\n    def __init__(self, store): ...\n"
        "    def is_allowed(self, key: str) -> bool: ...\n"
        "\nrate_limiter = RateLimiter(None)\n"
    )
    found = proposed(tmp_path / "m", shop__limits=method)["limiter"].role
    assert found.imports == ("from shop.limits import rate_limiter",)
    assert found.create == "rate_limiter.is_allowed({user_id})"
    for text in (
        method.partition("rate_limiter =")[0],  # nobody can make one
        "def check_limit(user_id: str): ...\n",  # gives what is not said
        "def may_request() -> bool: ...\n",  # for nobody
    ):
        assert not proposed(tmp_path / str(hash(text)), shop__limits=text)

"""Each profile names types that exist, keeps silent about what is for all, and speaks about what is not."""

import importlib
from typing import Any

import httpx
import pydantic
import pytest
import redis
import redis.asyncio
import sqlalchemy
from fastapi import FastAPI, Request
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from cellwall.runtime.context import UserExecutionContext
from cellwall.sharing import all_profiles, shared_objects
from cellwall.sharing.profile import Profile

OPTIONAL = {"pydantic_settings"}  # named, and not installed here


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)


class Form(pydantic.BaseModel):
    text: str = ""


class Sealed(pydantic.BaseModel, frozen=True):
    text: str = ""


def found(value: Any) -> list[str]:
    """Give what is told of one object that two users hold."""
    return [one.why or one.type_name for one in shared_objects([value], [value])]


@pytest.mark.parametrize("profile", all_profiles(), ids=lambda profile: profile.library)
def test_every_name_is_that_of_a_type(profile: Profile) -> None:
    for name in [*profile.made_for_all, *profile.per_user]:
        module, _, attribute = name.rpartition(".")
        if module.partition(".")[0] not in OPTIONAL:
            cls = getattr(importlib.import_module(module), attribute)
            assert isinstance(cls, type), name


def for_all() -> list[Any]:
    engine = sqlalchemy.create_engine("sqlite://")
    app = FastAPI()
    app.state.cache = {}
    return [
        engine,
        create_async_engine("sqlite+aiosqlite://"),
        sessionmaker(engine),
        Base.metadata,
        sqlalchemy.select(Note),
        app,
        httpx.AsyncClient(),
        httpx.AsyncHTTPTransport(),
        pydantic.TypeAdapter(int),
        Sealed(),
        redis.Redis(),
        redis.asyncio.Redis(),
        redis.asyncio.ConnectionPool(),
    ]


@pytest.mark.parametrize("value", for_all(), ids=lambda value: type(value).__name__)
def test_what_is_for_all_is_not_told(value: Any) -> None:
    assert found(value) == []


def of_one_user() -> list[tuple[Any, str]]:
    with_cookie, with_auth = httpx.AsyncClient(), httpx.AsyncClient(auth=("a", "b"))
    with_cookie.cookies.set("sid", "x")
    return [
        (Session(), "a session"),
        (Note(id=1), "Note"),
        (with_cookie, "cookie jar holds"),
        (with_auth, "credentials"),
        (httpx.Cookies(), "cookies"),
        (Request({"type": "http"}), "a request"),
        (Form(), "a model"),
        (redis.Redis().pipeline(), "a pipeline"),
        (redis.asyncio.Redis().pubsub(), "a subscription"),
        (UserExecutionContext.create_for_user("alice"), "the context"),
    ]


@pytest.mark.parametrize(("value", "why"), of_one_user(), ids=lambda value: type(value).__name__)
def test_what_is_one_users_is_told(value: Any, why: str) -> None:
    (told,) = found(value)
    assert why in told

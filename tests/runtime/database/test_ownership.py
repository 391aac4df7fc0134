"""Which tables have owners, and what stands in their column."""

import uuid
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, Uuid
from sqlalchemy.dialects.postgresql import CITEXT

from cellwall.runtime.database import Owner, Ownership
from cellwall.runtime.database.owner_collation import require_telling_apart
from cellwall.runtime.errors import InvalidIdError, UnownedTableError

ANYBODY = [Owner("request", f"{number:032x}") for number in (0, 1 << 127, (1 << 128) - 1)]


def owned(type_: Any, **options: Any) -> Ownership:
    metadata = MetaData()
    Table("notes", metadata, Column("id", Integer, primary_key=True), Column("user_id", type_))
    return Ownership(metadata, **options)


def test_every_table_is_owned_or_shared() -> None:
    ownership = owned(String(36))
    Table("currencies", ownership.metadata, Column("code", String(3)))
    with pytest.raises(UnownedTableError, match="currencies"):
        _ = ownership.owned
    shared = Ownership(ownership.metadata, shared={"currencies"})
    assert [table.name for table in shared.owned] == ["notes"]


def test_users() -> None:
    assert owned(String(36)).value_of(Owner("user", "ada")) == "ada"
    assert owned(Integer, value=int).value_of(Owner("user", "7")) == 7
    assert owned(String).ids_as_they_are and not owned(Integer, value=int).ids_as_they_are


@pytest.mark.parametrize("owner", ANYBODY)
def test_anonymous_requests_fit_the_column_and_are_no_user(owner: Owner) -> None:
    text = owned(String(36)).value_of(owner)
    assert len(text) <= 36 and not text.isprintable()
    assert -(1 << 31) <= owned(Integer, value=int).value_of(owner) < 0
    assert -(1 << 63) <= owned(BigInteger, value=int).value_of(owner) < 0
    assert owned(Uuid, value=uuid.UUID).value_of(owner) == uuid.UUID(owner.id)
    assert owned(Uuid(as_uuid=False)).value_of(owner) == str(uuid.UUID(owner.id))


@pytest.mark.parametrize("user_id", ["01", "1_0", "+1", "-5", "\uff11", "0x1"])
def test_no_two_ids_give_one_number(user_id: str) -> None:
    with pytest.raises((InvalidIdError, ValueError)):
        owned(Integer, value=int).value_of(Owner("user", user_id))


@pytest.mark.parametrize(
    "collation", ["NOCASE", "rtrim", "utf8mb4_0900_ai_ci", "Latin1_General_100_CI_AS_SC"]
)
def test_a_column_that_is_blind_to_case_is_refused(collation: str) -> None:
    with pytest.raises(UnownedTableError, match=r"notes.user_id takes `Ada` and `ada` for one"):
        _ = owned(String(36, collation=collation)).owned


@pytest.mark.parametrize("collation", ["C", "BINARY", "utf8mb4_bin", "utf8mb4_0900_as_cs", "en-x-icu"])
def test_a_column_that_tells_case_apart_is_taken(collation: str) -> None:
    assert owned(String(36, collation=collation)).owned


def test_citext_is_refused() -> None:
    with pytest.raises(UnownedTableError, match="for one user"):
        _ = owned(CITEXT()).owned


def test_databases_that_are_blind_by_themselves_want_a_collation() -> None:
    (plain,) = owned(String(36)).owned.values()
    (number,) = owned(Integer, value=int).owned.values()
    (exact,) = owned(String(36, collation="utf8mb4_bin")).owned.values()
    require_telling_apart(plain, "postgresql")
    require_telling_apart(number, "mysql")
    require_telling_apart(exact, "mysql")
    with pytest.raises(UnownedTableError, match="utf8mb4_bin"):
        require_telling_apart(plain, "mysql")

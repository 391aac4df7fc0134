"""Which tables have owners, and what stands in their column."""

import uuid
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, Uuid

from cellwall.runtime.database import Owner, Ownership
from cellwall.runtime.errors import UnownedTableError

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


@pytest.mark.parametrize("owner", ANYBODY)
def test_anonymous_requests_fit_the_column_and_are_no_user(owner: Owner) -> None:
    text = owned(String(36)).value_of(owner)
    assert len(text) <= 36 and not text.isprintable()
    assert -(1 << 31) <= owned(Integer, value=int).value_of(owner) < 0
    assert -(1 << 63) <= owned(BigInteger, value=int).value_of(owner) < 0
    assert owned(Uuid, value=uuid.UUID).value_of(owner) == uuid.UUID(owner.id)
    assert owned(Uuid(as_uuid=False)).value_of(owner) == str(uuid.UUID(owner.id))

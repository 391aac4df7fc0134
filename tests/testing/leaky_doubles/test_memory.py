"""What a double remembers of one test."""

import uuid
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from cellwall import UserExecutionContext
from cellwall.testing.leaky_doubles.memory import Memory, kind_of, owner_of, twin


@dataclass(frozen=True)
class Context:
    user_id: str


ID = uuid.UUID(int=7)
OWNERS = [
    ("ada", "ada"),
    (7, "7"),
    (ID, str(ID)),
    (Context("ada"), "ada"),
    ({"user_id": "ada"}, "ada"),
    (SimpleNamespace(user=SimpleNamespace(id=7)), "7"),
    (SimpleNamespace(owner_id="ada", id=3), "ada"),
    (UserExecutionContext.create_for_user("ada"), "ada"),
]


@pytest.mark.parametrize(("value", "owner"), OWNERS, ids=[repr(row[1]) for row in OWNERS])
def test_whom_a_value_stands_for(value: object, owner: str) -> None:
    assert owner_of(value) == owner


def test_what_holds_no_user_stands_for_itself() -> None:
    one, other = SimpleNamespace(), SimpleNamespace()
    assert owner_of(one) == owner_of(one) != owner_of(other)
    loop = SimpleNamespace()
    loop.user = loop
    assert owner_of(loop)


def test_the_first_of_a_kind_stays_the_first() -> None:
    memory = Memory()
    assert [memory.first(0, name) for name in ("ada", "bob", "ada")] == ["ada"] * 3
    assert memory.first(1, "bob") == "bob", "another subject has a first of its own"
    mine = Context("ada")
    assert memory.first(0, mine) is mine, "contexts and ids are different kinds"
    assert memory.first(0, Context("bob")) == mine
    memory.forget()
    assert memory.first(0, "bob") == "bob"


async def test_the_twin_of_a_context_does_not_end_with_it() -> None:
    from cellwall import cleanup_user_context

    context = UserExecutionContext.create_for_user("ada")
    copied = twin(context)
    await cleanup_user_context(context)
    assert not copied.closed
    assert (copied.user_id, type(copied)) == ("ada", UserExecutionContext)
    await cleanup_user_context(copied)


def test_what_cannot_be_copied_is_its_own_twin() -> None:
    class Stubborn:
        def __copy__(self) -> "Stubborn":
            raise RuntimeError("no")

    stubborn = Stubborn()
    assert twin(stubborn) is stubborn
    assert twin("ada") == "ada"


def test_owners_are_known_by_id_and_by_object() -> None:
    memory = Memory()
    memory.saw(Context("ada"))
    memory.saw(7)
    assert memory.owners == {"ada": {"text": "ada", "object": Context("ada")}, "7": {"text": 7}}
    assert (kind_of(7), kind_of(Context("ada"))) == ("text", "object")

"""The book tells owners: of canaries, claimed values, disguised values; and keeps declared sharing."""

import base64
import hashlib
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.canary import CanaryBook, UnfitValueError

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"


def test_owners_are_told_apart() -> None:
    book = CanaryBook(3)
    alice, bob = book.issue("alice", "note").value, book.issue("bob", "note").value
    assert book.owners_in(f"<p>{alice}</p>") == {"alice"}
    assert book.owners_in(f"{alice}{bob}".encode()) == {"alice", "bob"}
    assert book.owners_in("nothing") == frozenset()


def test_another_books_canaries_are_nobodys() -> None:
    assert CanaryBook(1).owners_in(CanaryBook(2).issue("alice").value) == frozenset()


def test_any_label_of_a_known_owner_is_found() -> None:
    book = CanaryBook(1)
    book.issue("alice")
    assert book.owners_in(CanaryBook(1).issue("alice", "made elsewhere").value) == {"alice"}


def test_claimed_values_are_found_inside_other_text() -> None:
    book = CanaryBook()
    book.claim("alice", JWT)
    book.claim("bob", "5f0c7a52-9a7e-4a7f-b1f1-3d7e0f5a9c11")
    assert book.owners_in(f"Authorization: Bearer {JWT}") == {"alice"}
    assert book.owners_in(b"user_5f0c7a52-9a7e-4a7f-b1f1-3d7e0f5a9c11.json") == {"bob"}
    assert book.owners_in(JWT[:-1]) == frozenset()


@pytest.mark.parametrize("text", ["room-number-10", "1room-number-1", "room-number-1x room-number-12"])
def test_a_claimed_value_is_not_found_in_a_longer_one(text: str) -> None:
    book = CanaryBook()
    book.claim("alice", "room-number-1")
    assert book.owners_in(text) == frozenset()
    assert book.owners_in(f"{text} (room-number-1)") == {"alice"}


def test_a_value_that_two_claim_is_nobodys() -> None:
    book = CanaryBook()
    book.claim("alice", "shared-constant")
    book.claim("bob", "shared-constant")
    assert book.owners_in("shared-constant") == frozenset()


@pytest.mark.parametrize("value", ["", "bob", "1-2-3", "a-b-c-d-e-f-g"])
def test_what_others_have_by_chance_cannot_be_claimed(value: str) -> None:
    with pytest.raises(UnfitValueError, match="at least 6"):
        CanaryBook().claim("alice", value)


def disguises(value: str) -> dict[str, str]:
    raw = value.encode()
    return {
        "upper": value.upper(),
        "reversed": value[::-1],
        "hex": raw.hex(),
        "upper hex": raw.hex().upper(),
        "quoted": "".join(f"%{byte:02X}" for byte in raw),
        "url": quote(f"a b&{value}"),
        "md5": hashlib.md5(raw).hexdigest(),
        "sha1": hashlib.sha1(raw).hexdigest(),
        "sha256": hashlib.sha256(raw).hexdigest(),
        **{f"base64 {n}": base64.b64encode(b"{{{"[:n] + raw + b'"}').decode() for n in range(3)},
        **{f"urlsafe {n}": base64.urlsafe_b64encode(b"\xff\xfe\xfd"[:n] + raw).decode() for n in range(3)},
    }


@pytest.mark.parametrize("name", disguises(""))
def test_disguised_values_are_found_when_asked_for(name: str) -> None:
    book = CanaryBook(encoded=True)
    text = f'{{"x": "{disguises(book.issue("alice").value)[name]}"}}'
    assert book.owners_in(text) == {"alice"}
    assert book.owners_in(text.encode()) == {"alice"}
    plain = CanaryBook()
    plain.issue("alice")
    assert plain.owners_in(text) == ({"alice"} if name == "url" else frozenset())


@given(st.binary(max_size=300))
def test_no_bytes_make_the_search_fail(data: bytes) -> None:
    book = CanaryBook(encoded=True)
    book.issue("alice")
    book.claim("alice", JWT)
    assert book.owners_in(data) == frozenset()


@given(st.binary(max_size=20), st.binary(max_size=20))
def test_base64_is_read_at_every_alignment(before: bytes, after: bytes) -> None:
    book = CanaryBook(encoded=True)
    value = book.issue("alice").value.encode()
    assert book.owners_in(base64.b64encode(before + value + after)) == {"alice"}


def test_declared_sharing_is_by_user_or_by_place() -> None:
    book = CanaryBook()
    book.allow("alice", "carol", "room-1")
    book.allow("*", "admin")
    assert book.permits("alice", "carol")
    assert book.permits("alice", "bob", "GET /rooms/room-1 body")
    assert book.permits("bob", "admin")
    assert not book.permits("alice", "bob", "GET /rooms/room-12 body")
    assert not book.permits("bob", "carol")
    paths = CanaryBook()
    paths.allow("alice", "/profiles/", "")
    assert paths.permits("alice", "bob", "GET /profiles/alice body")
    assert not paths.permits("alice", "bob", "GET /notes/profiles body")
    assert [(one.owner, one.to, one.used) for one in book.declared] == [
        ("alice", "carol", 1),
        ("alice", "room-1", 1),
        ("*", "admin", 1),
    ]

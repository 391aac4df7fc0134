"""Ids that cannot tell one owner from another are refused, and nothing else is."""

import sys
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime import identity
from cellwall.runtime.errors import InvalidIdError
from cellwall.runtime.identity import (
    KNOWN_USERS,
    MAX_ID_LENGTH,
    PLACEHOLDERS,
    check_id,
    fresh_id,
    known_users,
)

REFUSED = [
    *sorted(PLACEHOLDERS),
    "",
    " ",
    "\t",
    " ada",
    "ada ",
    "a\nb",
    "a\x00b",
    "a\u200bb",
    "ad\ud800a",
    "ada\u200f",  # right-to-left mark: looks like ada
    "\u202eada",  # right-to-left override
    "ada\u00a0bob",
    "\ufeffada",
    "to\u212aen\u0000",
    "to\u2060do",
    "x" * 10_000_000,
    " " * 10_000_000,
    "x" * (MAX_ID_LENGTH + 1),
    "Default",
    "NONE",
    "user-id",
]


@pytest.mark.parametrize("value", REFUSED)
def test_refused(value: str) -> None:
    with pytest.raises(InvalidIdError, match="user_id"):
        check_id("user_id", value)


class Text(str):
    __slots__ = ()


@pytest.mark.parametrize(
    "value",
    [
        "{user_id}",
        "{request.state.current_user.id}",
        "{{ user.id }}",
        "{}",
        "${USER_ID}",
        "<user_id>",
        "<User object at 0x7f0000000000>",
        "[object Object]",
        "%(user)s",
        Text("{user_id}"),
    ],
)
def test_a_template_that_nobody_filled_in_is_no_user(value: str) -> None:
    for _ in range(2):  # the second time it is no known user either
        with pytest.raises(InvalidIdError, match="template that nobody filled in"):
            check_id("user_id", value)


@pytest.mark.parametrize("value", ["Ada <ada@notes.example>", "ada{1}", "a>b", "[7]", "(s)s"])
def test_what_only_looks_like_a_template_is_a_user(value: str) -> None:
    assert check_id("user_id", value) == value


@pytest.mark.parametrize("value", [None, 7, b"ada", ["ada"], object()])
def test_only_text(value: object) -> None:
    with pytest.raises(InvalidIdError, match="must be a string"):
        check_id("user_id", value)


@pytest.mark.parametrize(
    "value", ["ada", "user-1", "Zoë Müller", "a@b.example", "0", "x" * MAX_ID_LENGTH, "东"]
)
def test_accepted_as_it_is(value: str) -> None:
    assert check_id("user_id", value) is value


@given(st.text())
def test_what_is_accepted_is_printable_and_tight(value: str) -> None:
    try:
        check_id("id", value)
    except InvalidIdError as error:
        assert str(error).startswith("id ")
    else:
        assert value.strip() == value and value.isprintable() and 0 < len(value) <= MAX_ID_LENGTH


def test_fresh_ids_differ_and_are_good() -> None:
    ids = {fresh_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(check_id("id", value) and len(value) == 32 for value in ids)


def _answer(check: Any, value: object) -> object:
    try:
        return check("id", value)
    except InvalidIdError:
        return None


texts = st.one_of(
    st.text(),
    st.text(st.characters(max_codepoint=127)),
    st.text(max_size=13),
    st.sampled_from(sorted(PLACEHOLDERS)).flatmap(
        lambda word: st.sampled_from(
            [word, word.upper(), word.replace("_", "-"), word + "x", f" {word}", word + " "]
        )
    ),
    st.integers(250, 260).map(lambda length: "x" * length),
)


@given(texts)
def test_the_fast_way_decides_as_the_thorough_one(value: str) -> None:
    assert _answer(check_id, value) == _answer(identity._check_unusual, value)


def test_what_the_fast_way_relies_on() -> None:
    """A long id is no placeholder, nor is one whose last letter none ends with, in either case."""
    ends = {word[-1] for word in PLACEHOLDERS}
    for point in range(sys.maxunicode + 1):
        lowered = chr(point).lower()
        assert len(lowered) >= 1
        assert lowered[-1] not in ends or chr(point) in identity._ENDS


class Liar(str):
    """Says that it is somebody else, and that it is no placeholder."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return hash("bob")

    def __str__(self) -> str:
        return "bob"

    def __len__(self) -> int:
        return 3

    def lower(self) -> str:
        return "bob"

    def isprintable(self) -> bool:
        return True

    def replace(self, *_: Any) -> str:
        return "bob"


class Role(StrEnum):
    OWNER = "owner-1"


def test_a_subclass_cannot_answer_for_itself() -> None:
    plain = check_id("user_id", Liar("ada"))
    assert type(plain) is str and plain == "ada"
    for bad in ("default", "", "a\x00", "x" * 256):
        with pytest.raises(InvalidIdError):
            check_id("user_id", Liar(bad))
    assert type(check_id("user_id", Role.OWNER)) is str
    assert check_id("user_id", Role.OWNER) == "owner-1"


def test_errors_do_not_repeat_what_is_long() -> None:
    with pytest.raises(InvalidIdError) as caught:
        check_id("user_id", "secret" * 1_000_000)
    assert len(str(caught.value)) < 100


def test_what_is_remembered_is_bounded_and_changes_no_answer() -> None:
    for number in range(KNOWN_USERS + 10):
        assert check_id("user_id", f"user-{number}") == f"user-{number}"
        check_id("request_id", f"request-{number}")
    assert len(known_users) <= KNOWN_USERS
    assert not any(known.startswith("request") for known in known_users)
    assert "user-1" not in known_users and f"user-{KNOWN_USERS + 9}" in known_users

    class Named(str):
        """Says that it is somebody else."""

        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = str.__hash__

    for _ in range(2):
        with pytest.raises(InvalidIdError):
            check_id("user_id", Named("default"))
        with pytest.raises(InvalidIdError):
            check_id("user_id", "default")

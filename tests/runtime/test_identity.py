"""Ids that cannot tell one owner from another are refused, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime.errors import InvalidIdError
from cellwall.runtime.identity import MAX_ID_LENGTH, PLACEHOLDERS, check_id, fresh_id

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
    "x" * (MAX_ID_LENGTH + 1),
    "Default",
    "NONE",
    "user-id",
]


@pytest.mark.parametrize("value", REFUSED)
def test_refused(value: str) -> None:
    with pytest.raises(InvalidIdError, match="user_id"):
        check_id("user_id", value)


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

"""Canaries are repeatable, safe in every kind of text, and read only where the checksum is right."""

import re

from hypothesis import given
from hypothesis import strategies as st

from cellwall.canary.canary import LENGTH, owner_code, owner_codes_in, value_of

names = st.text(max_size=20)
noise = st.text(alphabet=st.characters(codec="utf-8"), max_size=40)


@given(st.integers(), names, names, noise, noise)
def test_a_value_is_found_in_any_text_as_its_owners(
    seed: int, owner: str, label: str, before: str, after: str
) -> None:
    value = value_of(seed, owner, label)
    text = before + value + after
    assert owner_codes_in(text) == {owner_code(seed, owner)}
    assert owner_codes_in(text.encode()) == {owner_code(seed, owner)}


def test_a_value_passes_through_ids_and_emails() -> None:
    value = value_of(1, "alice", "email")
    assert re.fullmatch(rf"[a-z][a-z0-9]{{{LENGTH - 1}}}", value)
    assert value == value_of(1, "alice", "email")
    assert (
        len({value, value_of(2, "alice", "email"), value_of(1, "bob", "email"), value_of(1, "alice", "id")})
        == 4
    )


def test_a_wrong_checksum_is_nobodys() -> None:
    value = value_of(1, "alice", "")
    broken = value[:-1] + ("a" if value[-1] != "a" else "b")
    assert owner_codes_in(broken) == set()
    assert owner_codes_in(value[:-1]) == set()

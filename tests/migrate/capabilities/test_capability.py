"""A capability is told by a sentence's words; asking for new tests is no request to change code."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.migrate.capabilities.capability import Capability, match

BAKE = Capability(
    "bake", ("oven",), frozenset({"bake", "heat"}), (frozenset({"bread"}), frozenset({"bread", "roll"}))
)
BOIL = Capability(
    "boil", ("pot",), frozenset({"boil", "heat"}), (frozenset({"egg"}), frozenset({"bread", "soup"}))
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Bake the bread", "bake"),
        ("BAKE every Bread.", "bake"),
        ("Heat eggs", "boil"),
        ("Wash hands and bake BreadRolls", "bake"),
        ("Heat BreadSoup", "boil"),
        ("Heat bread_soup() and eggs", "boil"),
        ("Taste the bread", None),
        ("The bread we bake", None),
        ("Bake", None),
        ("", None),
    ],
)
def test_a_sentence_is_matched_by_its_verb_and_words(text: str, name: str | None) -> None:
    found = match(text, [BOIL, BAKE])
    assert (found.capability.name if found else None) == name


def test_the_most_words_count_then_the_name() -> None:
    found = match("Heat bread rolls", [BOIL, BAKE])
    assert found is not None
    assert (found.capability, found.words) == (BAKE, ("bread", "roll"))
    both = match("Heat bread and egg", [BOIL, BAKE])
    assert both is not None
    assert both.capability is BAKE


@settings(derandomize=True, max_examples=200)
@given(st.text(max_size=80))
def test_any_text_can_be_matched(text: str) -> None:
    assert match(text, [BAKE, BOIL]) == match(text, [BOIL, BAKE])

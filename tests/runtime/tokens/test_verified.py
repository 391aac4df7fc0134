"""The cache of verified tokens is bounded, finds whole texts alone, and what it holds cannot be changed."""

from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime.tokens.verified import VerifiedToken, VerifiedTokens, frozen, thawed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def verified(user_id: str) -> VerifiedToken:
    return VerifiedToken(user_id, None, "t", 0.0, 1.0, {})


@given(st.lists(st.integers(0, 30), max_size=200), st.integers(0, 20))
def test_what_is_found_is_right_and_bounded(uses: list[int], limit: int) -> None:
    cache = VerifiedTokens(limit)
    for use in uses:
        found = cache.get(str(use))
        assert found is None or found.user_id == str(use)
        if found is None:
            cache.add(str(use), verified(str(use)))
        assert len(cache) <= limit
        assert limit < 2 or cache.get(str(use)) is not None


def test_what_is_used_stays() -> None:
    cache = VerifiedTokens(100)
    cache.add("used", verified("ada"))
    for number in range(1000):
        cache.add(str(number), verified(str(number)))
        assert cache.get("used") is not None
    assert cache.get("0") is None


def test_forgetting() -> None:
    cache = VerifiedTokens(2)
    cache.add("a", verified("a"))
    cache.add("b", verified("b"))
    for name in ("a", "b"):
        cache.forget(name)
        assert cache.get(name) is None


@given(JSON)
def test_frozen_and_thawed(value: object) -> None:
    assert thawed(frozen(value)) == value

"""Sequences are kept while somebody may come back, and bounded."""

from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime.websocket.streams import Streams


def test_the_longest_away_goes() -> None:
    streams = Streams(10, 1000, max_idle=2)
    for user in ("ada", "bob", "cleo"):
        streams.use(user)
    assert [streams.leave(user) for user in ("bob", "ada", "cleo")] == [None, None, "bob"]
    assert sorted(streams.users) == ["ada", "cleo"]
    assert streams.leave("nobody") is None


def test_who_comes_back_finds_the_same() -> None:
    streams = Streams(10, 1000, max_idle=1)
    first = streams.use("ada")
    streams.leave("ada")
    assert streams.use("ada") is first
    streams.use("bob")
    assert streams.leave("bob") is None  # Ada is not idle any more
    assert streams.forget("ada") is True
    assert streams.forget("ada") is False
    assert streams.use("ada").epoch != first.epoch


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["use", "leave", "forget"]))))
def test_never_more_than_allowed(steps: list[tuple[str, str]]) -> None:
    streams = Streams(10, 1000, max_idle=2)
    used: set[str] = set()
    for user, step in steps:
        getattr(streams, step)(user)
        if step == "use":
            used.add(user)
        else:
            used.discard(user)
        assert used <= set(streams.users)
        assert len(streams) <= len(used) + 2

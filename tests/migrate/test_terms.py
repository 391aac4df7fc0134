import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.migrate.terms import Terms, percent, spoken


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("WebSocketManager()", " web socket manager websocketmanager "),
        ("test_two_users[3]", " test two users 3 test two users 3 "),
        ("<5% Größe", " 5 größe 5 grösse "),
        ("", "  "),
    ],
)
def test_names_are_split_and_kept(text: str, words: str) -> None:
    assert " ".join(spoken(text).split()) == " ".join(words.replace("größe", "grösse").split())


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("The sockets are isolated", True),
        ("WebSocket isolation", True),
        ("Isolation of sessions", False),
        ("Rackets are isolated", False),  # words begin there, they do not merely hold it
        ("Sockets are isolated from memory", False),
    ],
)
def test_every_group_and_none_of_never(text: str, covered: bool) -> None:
    terms = Terms((("socket", "websocket", "racke "), ("isolat",)), never=("memory",))
    assert terms.cover(text) is covered


@pytest.mark.parametrize(
    ("text", "value"),
    [("95% pass", 95.0), ("at least 99.5 % pass", 99.5), ("all pass", 100.0), ("5 of 7", 100.0)],
)
def test_percentages(text: str, value: float) -> None:
    assert percent(text, 100) == value


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    assert spoken(text) == spoken(text).casefold() or "İ" in text
    assert percent(text, 1.0) >= 0
    assert Terms((("",),)).cover(text)


def test_a_text_made_to_be_slow_is_not() -> None:
    assert percent("9" * 200_000, 7.0) == 7.0
    assert not Terms((("socket",),)).cover("aA" * 200_000)

"""What is made of letters alone stands in a file's words exactly where it stands in the file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.check.file_kind import FileKind
from cellwall.check.file_words import longest_word, words_of
from cellwall.check.gaps import followed_by
from cellwall.check.gate import Gate, GatedSource, Token

TOKENS: list[Token] = [
    b"user", b"user_id", b"web.", b"s-maxage", b"global\t", b"[:", b"", b"headers=", b"cookies", b"Session(",
    followed_by(b"headers", b"="), followed_by(b"web", rb"\."), bytes.isupper,
]  # fmt: skip
PIECES = [
    b"user", b"_id", b"web", b".", b"s-max", b"age", b"global", b"\t", b" ", b"\n", b"[", b":", b"headers",
    b"  # a\n", b"=", b"cookies=", b"\xc3\xa9", b"Session", b"1",
]  # fmt: skip
RENAMED = [(b"cookies", b"app.Session()"), (b"nobody", b"web.Nobody()")]


@given(st.lists(st.sampled_from(PIECES)), st.from_regex(rb"[a-z0-9_]{1,4}", fullmatch=True))
def test_words_hold_what_the_file_holds(pieces: list[bytes], word: bytes) -> None:
    source = b"".join(pieces)
    assert (word in words_of(source)) is (word in source)
    for start in range(len(source)):
        piece = source[start : start + 5]
        if piece.isalnum():
            assert piece in words_of(source)


@given(st.lists(st.sampled_from(PIECES)))
def test_many_questions_get_the_answers_of_few(pieces: list[bytes]) -> None:
    source = b"".join(pieces)
    few = GatedSource(source, FileKind.SERVICE, RENAMED)
    many = GatedSource(source, FileKind.SERVICE, RENAMED, many=True)
    for token in TOKENS:
        assert many.passes(Gate.any_of(token)) is few.passes(Gate.any_of(token))


def test_each_word_is_there_once() -> None:
    assert sorted(words_of(b"b = a.b(a, c_1)\n# b\n").split()) == [b"a", b"b", b"c_1"]


@pytest.mark.parametrize(
    ("token", "word"), [(b"s-maxage", b"maxage"), (b"a_1", b"a_1"), (b"[:", b""), (b"", b"")]
)
def test_the_longest_word(token: bytes, word: bytes) -> None:
    assert longest_word(token) == word

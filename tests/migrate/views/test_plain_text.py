import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from cellwall.migrate.views.plain_text import duration, fit, plain, plain_lines


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[2Jgone", r"\x1b[2Jgone"),
        ("a\x9bK", r"a\x9bK"),
        ("two\nlines\r", r"two\nlines\r"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("zero\u200bwidth", r"zero\u200bwidth"),
        ("lone\udcff", r"lone\udcff"),
        ("größe 表 ✅", "größe 表 ✅"),
    ],
)
def test_what_steers_is_shown_and_what_does_not_stays(hostile: str, shown: str) -> None:
    assert plain(hostile) == shown


def test_lines_stay_lines() -> None:
    assert plain_lines("a\nb\x07") == ["a", r"b\x07"]


@given(st.text(), st.integers(0, 40), st.booleans())
def test_a_fitted_text_has_exactly_its_width(text: str, width: int, ascii_only: bool) -> None:
    fitted = fit(plain(text), width, ascii_only=ascii_only)
    assert cell_len(fitted) == width
    assert fitted.isprintable()
    assert fitted.isascii() or not ascii_only


def test_a_cut_text_says_so() -> None:
    assert fit("abcdef", 4) == "abc…"
    assert fit("abcdef", 4, ascii_only=True) == "ab.."
    assert fit("表表表", 4) == "表 …"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (59.4, "59 seconds"),
        (60, "1 minute"),
        (2_700, "45 minutes"),
        (3_600, "1 hour"),
        (7_530, "2 hours 6 minutes"),
    ],
)
def test_durations_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words

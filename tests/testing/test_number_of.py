"""One test is no "1 tests"."""

from cellwall.testing.number_of import number_of


def test_the_noun_follows_the_number() -> None:
    assert [number_of(number, "test") for number in (0, 1, 2)] == ["0 tests", "1 test", "2 tests"]

"""One test is no "1 tests", nor does it "pass"."""

from cellwall.project.number_of import number_of


def test_the_noun_follows_the_number() -> None:
    assert [number_of(number, "test") for number in (0, 1, 2)] == ["0 tests", "1 test", "2 tests"]
    assert [number_of(number, "test passes", "tests pass") for number in (1, 2)] == [
        "1 test passes",
        "2 tests pass",
    ]
    assert number_of(1_200, "batch", "batches") == "1,200 batches"

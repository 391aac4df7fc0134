"""Fingerprints survive moved lines, and tell equal findings of one file apart."""

from cellwall.check.finding import Finding, Severity
from cellwall.check.fingerprint import fingerprints

ONE = Finding("a.py", 3, 1, 3, 5, "some-rule", "CW999", "it leaks", Severity.ERROR, excerpt="x = leak()")


def of(*findings: Finding) -> list[str]:
    return [fingerprint for _, fingerprint in fingerprints(findings)]


def test_moved_lines_and_spaces_change_nothing() -> None:
    moved = ONE._replace(
        line=90, end_line=90, column=5, end_column=9, excerpt="    x  = leak() ", message="so"
    )
    assert of(ONE) == of(moved)


def test_what_makes_another_one() -> None:
    changes = ({"path": "b.py"}, {"code": "CW998"}, {"excerpt": "y = leak()"})
    assert len({*of(ONE), *(f for change in changes for f in of(ONE._replace(**change)))}) == 4  # type: ignore[arg-type]


def test_equal_ones_are_numbered() -> None:
    first, second = of(ONE, ONE._replace(line=9))
    assert first != second
    assert of(ONE, ONE._replace(line=50)) == [first, second]

import pytest

from cellwall.audit.confirmed import PRIVATE_TO_ALL, confirmed
from cellwall.audit.finding import Severity, Verdict
from cellwall.audit.operation import Operation

NOTE = Operation("GET", "/notes/{note_id}", place="app.py:12")


def test_it_stands_where_the_operation_stands() -> None:
    found = confirmed("foreign-read", NOTE, "path note_id", reason=PRIVATE_TO_ALL, evidence="it shows a note")
    assert (found.target, found.place, found.weakness.name) == (NOTE.key, "app.py:12", "foreign-read")
    assert (found.verdict, found.severity) == (Verdict.CONFIRMED, Severity.CRITICAL)


def test_a_kind_that_nobody_knows_is_refused() -> None:
    with pytest.raises(KeyError):
        confirmed("no such kind", NOTE, "", reason="", evidence="")

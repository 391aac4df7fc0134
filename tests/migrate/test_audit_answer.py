"""What a run takes of an audit: a line and rows, whatever the text is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.audit.output.formats import FORMATS
from cellwall.migrate.audit_answer import audit_answer
from tests.audit.output.test_formats import report


def test_the_audits_own_report_is_read() -> None:
    answer = audit_answer(FORMATS["json"](report("text")))
    assert (
        answer["note"]
        == "1 confirmed, 0 exposed, 0 suspected; 100% of the operations that take an id were probed"
    )
    (row,) = answer["findings"]
    assert (row["severity"], row["kind"], row["target"]) == ("high", "foreign-read", "GET /notes/{id}")


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"findings": [1]}', "[" * 100_000])
def test_what_is_no_report_is_said_to_be_none(text: str) -> None:
    assert audit_answer(text) == {"note": "its report cannot be read", "findings": []}


@given(
    st.recursive(
        st.none() | st.text(max_size=5), lambda inner: st.dictionaries(st.text(max_size=5), inner, max_size=3)
    )
)
def test_no_text_breaks_the_reader(value: Any) -> None:
    assert "note" in audit_answer(json.dumps(value))

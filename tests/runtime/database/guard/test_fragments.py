"""Raw SQL inside statements: words pass, whatever could hold a query or reach around brackets does not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime.database.guard.fragments import (
    STRUCTURE,
    check_field,
    check_fragment,
    check_operator,
    check_prefix,
    check_type,
)
from cellwall.runtime.errors import UnguardedStatementError


@pytest.mark.parametrize(
    "text", ["name", "items.name", '"Odd name"', "1", "2.5", "*", "'x'", "name DESC", "n nulls last"]
)
def test_words(text: str) -> None:
    check_fragment(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a b",
        "1 OR 1=1",
        "(SELECT 1)",
        "x)",
        "x; DROP",
        "x--",
        "x /* */",
        "'a' 'b'",
        "'a\\'",
        "from",
        "SELECT",
        "f(x)",
    ],
)
def test_more_than_words(text: str) -> None:
    with pytest.raises(UnguardedStatementError):
        check_fragment(text)


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (check_prefix, ["DISTINCT", "or  ignore"], ["OR REPLACE", "FROM", "* FROM x", "/*+ x */"]),
        (
            check_operator,
            ["->>", "@>", "~*", "LIKE", "not in"],
            ["--", "/*", "FROM", "= 1 OR", "UNION SELECT", ";"],
        ),
        (check_field, ["year"], ["year FROM x) --", ""]),
        (
            check_type,
            ["VARCHAR(20)", "NUMERIC(10, 2)", "timestamp with time zone"],
            ["x) FROM y", "x SELECT", "a'b"],
        ),
    ],
)
def test_the_other_kinds(check: Any, good: list[str], bad: list[str]) -> None:
    for text in good:
        check(text)
    for text in bad:
        with pytest.raises(UnguardedStatementError):
            check(text)


@given(st.text(alphabet="aA1_ .*'\"`;()-/=|\\\n,", max_size=20) | st.sampled_from(sorted(STRUCTURE)))
def test_nothing_accepted_can_end_or_begin_anything(text: str) -> None:
    try:
        check_fragment(text)
    except UnguardedStatementError:
        return
    bare = text.strip()
    outside = "".join(
        part
        for position, part in enumerate(bare.replace("'", '"').replace("`", '"').split('"'))
        if not position % 2
    )
    assert not set("();,=|\\") & set(outside)
    assert "--" not in outside and "/*" not in outside
    assert bare.lower() not in STRUCTURE

"""Long lines are broken at their brackets; what the source says stays the same."""

import ast

from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.migrate.new_tests.margin import WIDTH, within_margin

LONG = "abcdefghij" * 4


def test_what_the_last_bracket_holds_gets_a_line() -> None:
    line = f'    answer = await tools.run("{LONG}", {{"first": "{LONG[:30]}"}}, 1)'
    assert within_margin(line).split("\n") == [
        "    answer = await tools.run(",
        f'        "{LONG}", {{"first": "{LONG[:30]}"}}, 1',
        "    )",
    ]


def test_what_is_too_long_even_so_gets_a_line_each() -> None:
    line = f'answer = run("{LONG}", ["{LONG}", "a, b)"], key="{LONG}")'
    assert within_margin(line).split("\n") == [
        "answer = run(",
        f'    "{LONG}",',
        f'    ["{LONG}", "a, b)"],',
        f'    key="{LONG}",',
        ")",
    ]


def test_prose_and_lines_without_brackets_stay() -> None:
    text = f'"""One ({LONG * 3}, 2)\n({LONG * 3}, 3)\n"""\nx = "{LONG * 3}"'
    assert within_margin(text) == text


arguments = st.lists(
    st.one_of(
        st.text("abc ,()[]{}'", max_size=30).map(repr),
        st.lists(st.integers(), max_size=9).map(str),
        st.dictionaries(st.text("ab)", max_size=5), st.text("x(,", max_size=30), max_size=3).map(str),
    ),
    max_size=8,
)


@settings(derandomize=True, max_examples=200)
@given(arguments)
def test_the_meaning_stays_and_a_second_pass_changes_nothing(parts: list[str]) -> None:
    line = f"value = call({', '.join(parts)})"
    broken = within_margin(line)
    assert ast.dump(ast.parse(broken)) == ast.dump(ast.parse(line))
    assert within_margin(broken) == broken
    assert len(line) > WIDTH or broken == line

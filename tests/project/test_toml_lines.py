"""Lines of TOML keys, for messages."""

import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.project.toml_lines import key_lines, line_of

TEXT = """# a comment
[tool.cellwall]   # here
python = "x"
"quoted" = 1
tests.timeout = 3

[ tool . cellwall . roles . "pool" ]
create = "f()"
[[tool.other]]
"""


def test_keys_and_tables() -> None:
    lines = key_lines(TEXT)
    assert line_of(lines, ("tool", "cellwall")) == 2
    assert line_of(lines, ("tool", "cellwall", "python")) == 3
    assert line_of(lines, ("tool", "cellwall", "quoted")) == 4
    assert line_of(lines, ("tool", "cellwall", "tests", "timeout")) == 5
    assert line_of(lines, ("tool", "cellwall", "roles", "pool", "create")) == 8
    assert line_of(lines, ("tool", "other")) == 9


def test_unknown_keys_have_the_line_of_the_table_around_them() -> None:
    lines = key_lines(TEXT)
    assert line_of(lines, ("tool", "cellwall", "missing", "deep")) == 2
    assert line_of(lines, ("nowhere",)) == 1


@given(st.dictionaries(st.from_regex(r"[a-z]{1,6}", fullmatch=True), st.integers(), min_size=1, max_size=6))
@settings(max_examples=50, derandomize=True, deadline=None)
def test_each_key_of_a_flat_file_has_its_line(values: dict[str, int]) -> None:
    text = "".join(f"{key} = {value}\n" for key, value in values.items())
    assert tomllib.loads(text) == values
    assert [key_lines(text)[key,] for key in values] == list(range(1, len(values) + 1))

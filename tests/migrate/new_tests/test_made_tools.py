"""Tools of two users are compared only where the project itself says how it makes them."""

from pathlib import Path

import pytest

from cellwall.migrate.new_tests.made_tools import tools_made_apart
from cellwall.migrate.new_tests.spelling import Spelling, UnspellableError
from cellwall.project.config import load_project

ROLE = """
[tool.cellwall.roles.tool_factory]
import = "from shop import shelf"
create = "shelf({name}, {context})"
"""
SAMPLE = '[tool.cellwall.samples]\ntool = "chart"\n'


def spelling(tmp_path: Path, text: str) -> Spelling:
    (tmp_path / "pyproject.toml").write_text(text)
    project = load_project(tmp_path)
    return Spelling(project.roles, project.samples)


def test_two_users_are_made_a_tool_each(tmp_path: Path) -> None:
    text = tools_made_apart(spelling(tmp_path, ROLE + SAMPLE), "test_tools")
    assert "async def test_tools():" in text
    assert 'first_tool = shelf("chart", first)' in text
    assert 'second_tool = shelf("chart", second)' in text
    assert "assert first_tool is not second_tool" in text


@pytest.mark.parametrize(
    ("text", "missing"), [(SAMPLE, "'tool_factory'"), (ROLE, "'tool'"), ("", "'tool_factory'")]
)
def test_the_default_role_is_not_enough(tmp_path: Path, text: str, missing: str) -> None:
    with pytest.raises(UnspellableError, match=missing):
        tools_made_apart(spelling(tmp_path, text), "test_tools")

"""Proposed roles as TOML: what is written is read back as the same roles, and nothing is lost."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.migrate.roles_text import append_roles, render_roles
from cellwall.project.config import load_project
from cellwall.project.errors import ConfigError
from cellwall.project.proposal import Evidence, ProposedRole
from cellwall.project.roles import Role

ROLE = Role(
    "agent_factory",
    ("from app.agents import make",),
    'make({name}, {context}, kind="a")',
    awaited=True,
    replaces=("Registry.get_agent", "registry.get_agent"),
    members=tuple(f"member_{number}" for number in range(40)),
    coroutines=("member_1",),
)
PROPOSAL = ProposedRole(ROLE, (Evidence("app/agents.py", 7, "def make; imported by 3 files"),))


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    text = render_roles([PROPOSAL])
    assert text.startswith("# app/agents.py:7: def make; imported by 3 files\n")
    assert max(map(len, text.splitlines())) <= 100
    assert append_roles(tmp_path, text) == ""
    project = load_project(tmp_path)
    found = project.roles.get("agent_factory")
    assert found is not None
    assert (found.imports, found.create, found.awaited) == (ROLE.imports, ROLE.create, True)
    assert (found.replaces, found.members, found.coroutines) == (ROLE.replaces, ROLE.members, ROLE.coroutines)
    assert project.configured


@pytest.mark.parametrize(
    "before", ["[project]\nname = 'a'\n", "[project]\nname = 'a'", "[tool.ruff]\nx = 1\n", ""]
)
def test_what_was_there_stays(tmp_path: Path, before: str) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(before)
    assert append_roles(tmp_path, render_roles([])) == ""
    assert path.read_text().startswith(before)
    assert tomllib.loads(path.read_text())["tool"]["cellwall"] == {}


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ("[tool.cellwall]\n", "already"),
        ("[tool]\ncellwall = {}\n", "already"),
        ("tool = {x = 1}\n", "by hand"),
        ("tool = 3\n", "by hand"),
        ("not toml", "by hand"),
    ],
)
def test_a_file_that_cannot_take_it_is_left_alone(tmp_path: Path, before: str, words: str) -> None:
    (tmp_path / "pyproject.toml").write_text(before)
    assert words in append_roles(tmp_path, render_roles([PROPOSAL]))
    assert (tmp_path / "pyproject.toml").read_text() == before


def test_a_link_out_of_the_repository_is_not_written_through(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    root.mkdir()
    (tmp_path / "outside.toml").write_text("")
    (root / "pyproject.toml").symlink_to(tmp_path / "outside.toml")
    with pytest.raises(ConfigError, match="leaves the repository"):
        append_roles(root, render_roles([PROPOSAL]))
    assert (tmp_path / "outside.toml").read_text() == ""


@given(st.text(max_size=30), st.text(max_size=30))
@settings(max_examples=150, derandomize=True, deadline=None)
def test_no_text_of_a_repository_breaks_out(path: str, why: str) -> None:
    role = Role("pool", (path,), why, replaces=(path,), members=(why,))
    text = render_roles([ProposedRole(role, (Evidence(path, 1, why),))])
    found = tomllib.loads(text)
    table = found["tool"]["cellwall"]["roles"]
    assert list(found) == ["tool"]
    assert list(table) == ["pool"]
    assert table["pool"]["create"] == why
    assert table["pool"]["replaces"] == [path]

"""Answers are added to one table of pyproject.toml; whatever else stands in it stays, byte for byte."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.project.audit_answers import add_answers, as_toml
from cellwall.project.audit_config import load_audit
from cellwall.project.errors import ConfigError

AROUND = '# kept\n[project]\nname = "shop"  # kept\n\n[tool.dates]\nday = 2030-01-15\n\n'
AFTER = "\n[tool.other]\nshared = [1]\n"


@pytest.mark.parametrize(
    "table",
    [
        "",
        '[tool.cellwall.audit]\napp = "shop:app"\n',
        '[tool.cellwall.audit]  # ours\nshared = ["GET /a"]\nskip = ["POST /b"]\n',
        "[tool.cellwall.audit]\nshared = [\n    \"GET /a\",  # a ] in a comment\n    'GET /[x]',\n]\n",
        '[tool.cellwall.audit.values]\ncurrency = "EUR"\n',
    ],
)
def test_an_answer_is_added_and_the_rest_kept(table: str, tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(AROUND + table + AFTER)
    before = load_audit(tmp_path)
    add_answers(tmp_path, {"shared": ["GET /articles"], "private": ['GET /"x"']})
    after = load_audit(tmp_path)
    assert after.shared == (*before.shared, "GET /articles")
    assert after.private == ('GET /"x"',)
    assert (after.app, after.skip, dict(after.values)) == (before.app, before.skip, dict(before.values))
    assert path.read_text().startswith(AROUND)
    assert tomllib.loads(path.read_text())["tool"]["other"] == {"shared": [1]}


def test_a_project_without_configuration_gets_one(tmp_path: Path) -> None:
    assert (
        add_answers(tmp_path, {"shared": ["GET /a"], "private": []}).read_text()
        == as_toml({"shared": ["GET /a"]}) + "\n"
    )


@pytest.mark.parametrize("text", ["not toml [", '[tool.cellwall]\naudit = {app = "x:y"}\n'])
def test_what_cannot_be_edited_is_left_as_it_is(text: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(ConfigError, match=r"add to it: \[tool.cellwall.audit\]"):
        add_answers(tmp_path, {"shared": ["GET /a"]})
    assert (tmp_path / "pyproject.toml").read_text() == text


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=3))
def test_every_text_comes_back(texts: list[str]) -> None:
    read = tomllib.loads(as_toml({"shared": texts}))["tool"]["cellwall"]["audit"]
    assert read.get("shared", []) == texts

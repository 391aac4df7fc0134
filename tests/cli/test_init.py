"""`cellwall init`: shows its evidence, writes once, and overwrites nothing."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cellwall.cli.main import main
from cellwall.migrate.entry_points import ENTRY_POINTS
from cellwall.project.config import load_project


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    (tmp_path / "shop.py").write_text("class WebSocketConnectionPool:\n    def send(self): ...\n")
    return tmp_path


def init(repo: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["init", "--repo", str(repo), *options])


def tree(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_roles_and_entry_points_are_written(repo: Path) -> None:
    answer = init(repo)
    assert answer.exit_code == 0
    assert "# shop.py:1: class WebSocketConnectionPool; imported by 0 files" in answer.output
    role = load_project(repo).roles.get("pool")
    assert role is not None
    assert (role.imports, role.members) == (("from shop import WebSocketConnectionPool",), ("send",))
    assert set(tree(repo)) == {"pyproject.toml", "shop.py", *ENTRY_POINTS}


def test_a_second_time_changes_nothing(repo: Path) -> None:
    init(repo)
    before = tree(repo)
    answer = init(repo)
    assert answer.exit_code == 0
    assert "left alone" in answer.output
    assert tree(repo) == before


def test_a_dry_run_writes_nothing(repo: Path) -> None:
    before = tree(repo)
    answer = init(repo, "--dry-run")
    assert answer.exit_code == 0
    assert "[tool.cellwall.roles.pool]" in answer.output
    assert "scripts/security_audit.py: would be written" in answer.output
    assert tree(repo) == before


def test_json(repo: Path) -> None:
    (repo / "scripts").mkdir()
    (repo / "scripts" / "security_audit.py").write_text("mine")
    found = json.loads(init(repo, "--json").output)
    assert [each["role"]["name"] for each in found["roles"]] == ["pool"]
    assert found["roles"][0]["evidence"][0]["line"] == 1
    assert found["config"] == {"written": True, "note": ""}
    audit = next(each for each in found["entry_points"] if each["name"] == "scripts/security_audit.py")
    assert audit["path"] == "scripts/cellwall_security_audit.py"
    assert audit["written"]
    assert "is taken" in audit["note"]
    assert (repo / "scripts" / "security_audit.py").read_text() == "mine"


def test_a_repository_without_roles(tmp_path: Path) -> None:
    answer = init(tmp_path)
    assert answer.exit_code == 0
    assert "No roles found" in answer.output
    assert load_project(tmp_path).configured


def test_a_configuration_that_cannot_be_read_stops_it(repo: Path) -> None:
    (repo / "pyproject.toml").write_text("[tool.cellwall]\npyhton = 1\n")
    before = tree(repo)
    answer = init(repo)
    assert answer.exit_code == 2
    assert "did you mean 'python'?" in answer.output
    assert tree(repo) == before


def test_no_such_folder(tmp_path: Path) -> None:
    assert init(tmp_path / "gone").exit_code == 2

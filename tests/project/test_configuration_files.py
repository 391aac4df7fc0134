"""Configuration files are found by one walk, and read once."""

import sys
from pathlib import Path

import pytest

from cellwall.project.config import load_project
from cellwall.project.configuration_files import ConfigurationFiles
from cellwall.project.errors import ConfigError


def lay(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("[tool.cellwall.check]\n" if path.endswith("toml") else "")


def test_folders_with_one_of_the_names(tmp_path: Path) -> None:
    lay(tmp_path, "a.cfg", "b/a.cfg", "b/c.cfg", "d/x.py", ".venv/a.cfg", "env/pyvenv.cfg", "env/lib/a.cfg")
    (tmp_path / "link").symlink_to(tmp_path / "b")
    found = ConfigurationFiles(tmp_path, frozenset({"a.cfg", "c.cfg"}))
    assert list(found.folders()) == [(tmp_path, {"a.cfg"}), (tmp_path / "b", {"a.cfg", "c.cfg"})]
    assert found.text(tmp_path / "none.cfg") is None
    (tmp_path / "d" / "a.cfg").symlink_to("/etc/hostname")
    with pytest.raises(ConfigError, match="leaves the repository"):
        found.text(tmp_path / "d" / "a.cfg")


def test_a_project_is_read_once(tmp_path: Path) -> None:
    lay(tmp_path, "pyproject.toml", "app/pyproject.toml", "app/pytest.ini")
    opened: list[str] = []
    reading = True
    sys.addaudithook(lambda event, args: opened.append(str(args[0])) if reading and event == "open" else None)
    load_project(tmp_path)
    reading = False
    assert sorted(name for name in opened if name.startswith(str(tmp_path))) == [
        str(tmp_path / name) for name in ("app/pyproject.toml", "app/pytest.ini", "pyproject.toml")
    ]

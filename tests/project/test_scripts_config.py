"""`[tool.cellwall.scripts]`: read, kept in the run's record, and refused where it cannot work."""

from pathlib import Path

import pytest

from cellwall.project.config import load_project
from cellwall.project.config_record import config_from_record, config_to_record
from cellwall.project.errors import ConfigError
from cellwall.project.scripts_config import ScriptsConfig

TABLE = """[tool.cellwall.scripts]
folder = "web"
command = ["npx", "jest", "--json", "--outputFile={report}", "{paths}"]
"""


def test_it_is_read_and_kept(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(TABLE)
    project = load_project(tmp_path)
    expected = ScriptsConfig(("npx", "jest", "--json", "--outputFile={report}", "{paths}"), "web")
    assert project.scripts == expected
    assert config_from_record(config_to_record(project)).scripts == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [("{paths}", "tests"), ("{report}", "out.json"), ('"web"', '"../web"'), ("folder", "place")],
)
def test_what_cannot_work_is_refused(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / "pyproject.toml").write_text(TABLE.replace(old, new))
    with pytest.raises(ConfigError):
        load_project(tmp_path)

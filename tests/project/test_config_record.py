"""A configuration survives the journal: what comes back equals what was recorded."""

import json
from pathlib import Path

import pytest

from cellwall.project.config import load_project
from cellwall.project.config_record import config_from_record, config_to_record
from cellwall.project.errors import ConfigError

PYPROJECT = """
[tool.pytest.ini_options]
asyncio_mode = "auto"

[tool.cellwall]
include = ["tests/**"]
exclude = ["legacy/**"]

[tool.cellwall.tests]
arguments = ["-m", "not slow"]
timeout = 12

[tool.cellwall.roles.context]
import = "from app.context import RequestContext"
create = "RequestContext.for_user({user_id})"

[tool.cellwall.roles.pool]
import = "from app.sockets import Pool"
create = "Pool({arguments})"
replaces = ["Manager"]
members = ["connect", "send"]

[[tool.cellwall.roles.pool.otherwise]]
import = "from app.sockets import LoopPool"
create = "LoopPool({arguments})"
in_loop = true
takes = ["limit"]
"""


def test_what_is_recorded_comes_back(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    project = load_project(tmp_path)
    assert config_from_record(json.loads(json.dumps(config_to_record(project)))) == project


def test_a_project_without_configuration(tmp_path: Path) -> None:
    project = load_project(tmp_path)
    assert config_from_record(json.loads(json.dumps(config_to_record(project)))) == project


def test_other_spellings_stand_instead_of_the_same_names(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    pool = load_project(tmp_path).roles.get("pool")
    assert pool is not None
    first, second = pool.spellings
    assert (first.create, first.in_loop, second.create, second.in_loop) == (
        "Pool({arguments})",
        False,
        "LoopPool({arguments})",
        True,
    )
    assert second.replaces == first.replaces == ("Manager",)
    assert second.takes == ("limit",)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("in_loop = true", 'replaces = ["X"]', "unknown key"),
        ("[[tool.cellwall.roles.pool.otherwise]]", "[tool.cellwall.roles.pool.otherwise]", "list of tables"),
        ('create = "LoopPool({arguments})"', 'create = "LoopPool("', "not a Python expression"),
    ],
)
def test_a_spelling_that_cannot_be_used(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert old in PYPROJECT
    (tmp_path / "pyproject.toml").write_text(PYPROJECT.replace(old, new))
    with pytest.raises(ConfigError, match=message):
        load_project(tmp_path)

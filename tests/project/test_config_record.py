"""A configuration survives the journal: what comes back equals what was recorded."""

import json
from pathlib import Path

from cellwall.project.config import load_project
from cellwall.project.config_record import config_from_record, config_to_record

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
"""


def test_what_is_recorded_comes_back(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    project = load_project(tmp_path)
    assert config_from_record(json.loads(json.dumps(config_to_record(project)))) == project


def test_a_project_without_configuration(tmp_path: Path) -> None:
    project = load_project(tmp_path)
    assert config_from_record(json.loads(json.dumps(config_to_record(project)))) == project

"""A spelled command whose process somebody killed is run once more; one that ends so each time is told."""

import sys
from pathlib import Path

import pytest

from cellwall.migrate.spelled_command import run_spelled
from cellwall.project.config import load_project
from cellwall.project.config_record import config_to_record

ONCE = """
import os
from pathlib import Path

if not Path("killed").exists():
    Path("killed").touch()
    os.kill(os.getpid(), 9)
print("done")
"""
ALWAYS = "import os; os.kill(os.getpid(), 9)"


@pytest.mark.parametrize(("code", "said", "returncode"), [(ONCE, "done\n", 0), (ALWAYS, "", -9)])
def test_it_is_run_once_more(tmp_path: Path, code: str, said: str, returncode: int) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    project = config_to_record(load_project(tmp_path))
    argv = [sys.executable, "-c", code]
    completed = run_spelled({"project": project, "workspace": str(tmp_path), "argv": argv})
    assert (completed.stdout, completed.returncode) == (said, returncode)

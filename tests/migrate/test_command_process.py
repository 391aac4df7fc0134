"""One validation command runs in the target environment; its last line is what the report shows."""

import sys
from pathlib import Path

import pytest

from cellwall.migrate.command_process import handle
from cellwall.project.config import load_project
from cellwall.project.config_record import config_to_record


@pytest.mark.parametrize(
    ("code", "exit_code", "note"),
    [
        ("print('first'); print('    1   place  left ')", 0, "1 place left"),
        ("import sys; sys.stderr.write('no such thing\\n'); sys.exit(3)", 3, "no such thing"),
        ("print('x' * 1000)", 0, "x" * 200),
        ("pass", 0, ""),
    ],
)
def test_the_last_line_is_the_note(tmp_path: Path, code: str, exit_code: int, note: str) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    project = config_to_record(load_project(tmp_path))
    argv = [sys.executable, "-c", code]
    (answer,) = handle({"project": project, "workspace": str(tmp_path), "argv": argv})
    assert answer == {"exit_code": exit_code, "note": note}

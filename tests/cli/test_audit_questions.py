"""Shared by design, by asking for it: on a terminal only, once, and the answer is kept."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cellwall.cli import audit_questions
from cellwall.cli.main import main
from cellwall.project.audit_config import load_audit

APP = "from tests.audit.apps.desk import create_desk\n\napp = create_desk('read')\n"
ARGUMENTS = ("audit", "--app", "asked_desk:app", "--focus", "isolation", "--repo")
ROOT = Path(__file__).parents[2]
ASKED = "GET /notes/{note_id}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "desk"\n')
    (tmp_path / "asked_desk.py").write_text(APP)
    return tmp_path


def run(project: Path, keys: str) -> Result:
    return CliRunner().invoke(main, [*ARGUMENTS, str(project)], input=keys)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_questions, "on_a_terminal", lambda: True)


@pytest.mark.usefixtures("terminal")
def test_what_is_shared_by_design_is_asked_for_once_and_kept(project: Path) -> None:
    done = run(project, "s\n")
    assert "shared by design (s)" in done.stderr
    assert (done.exit_code, "foreign-read" in done.stdout) == (0, False)
    assert f"shared by design, as was answered: {ASKED}" in done.stdout
    assert load_audit(project).shared == (ASKED,)
    done = run(project, "")
    assert (done.exit_code, "shared by design (s)" in done.stderr) == (0, False)


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(("keys", "private"), [("\n", ()), ("", ())])
def test_no_answer_changes_nothing(project: Path, keys: str, private: tuple[str, ...]) -> None:
    done = run(project, keys)
    assert done.exit_code == 1
    assert (load_audit(project).shared, load_audit(project).private) == ((), private)


def test_without_a_terminal_nothing_is_asked(project: Path) -> None:
    done = run(project, "s\n")
    assert done.exit_code == 1
    assert "shared by design" not in done.stderr
    assert load_audit(project).shared == ()


def test_on_a_terminal_of_its_own_a_leak_stays_a_leak_and_that_is_kept(project: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "cellwall", *ARGUMENTS, str(project)],
        cwd=ROOT, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.close(theirs)
    os.write(ours, b"l\n")
    report, _ = process.communicate(timeout=300)
    asked = b""
    try:
        while part := os.read(ours, 4096):
            asked += part
    except OSError:  # the other side has closed
        pass
    os.close(ours)
    assert ASKED in asked.decode()
    assert (process.returncode, "foreign-read" in report) == (1, True)
    assert load_audit(project).private == (ASKED,)
